import type { Settings } from '../config/settings.ts';
import type { Logger } from '../logger.ts';
import { toExposureWarning } from './exposure.ts';

/** Says what whoever starts a gateway has to know. @param warnings what is passed over, one line each */
export function warnOfStart(settings: Settings, warnings: readonly string[], logger: Logger): void {
  for (const warning of warnings) logger.warn({}, warning);
  const exposure = toExposureWarning(settings);
  if (exposure !== undefined) {
    logger.warn(
      { host: settings.host },
      'anybody who reaches this address can call the tools; set --api-key',
    );
    // For people: a line among a log's is overlooked, and some logs are never looked at.
    process.stderr.write(exposure);
  }
  if (settings.servers.length === 0) logger.warn({}, 'every server of the configuration is disabled');
}
