import { readConfigFile, type ConfigFileOptions } from '../config/config-file/read-config-file.ts';
import { logUnusable } from '../config/log-unusable.ts';
import { warnOfGone } from '../config/warn-of-gone.ts';
import { watchFile, type FileDigests } from '../config/watch-file.ts';
import type { RateLimit } from '../limits/rate-limit.ts';
import type { Logger } from '../logger.ts';
import type { RunningGateway } from '../serve/serve.ts';

/** A configuration that a gateway runs by. */
export interface FollowedConfig {
  readonly path: string;
  readonly options: ConfigFileOptions;
  /** For all calls, where the file says nothing of it. */
  readonly rateLimit: RateLimit | undefined;
  /** What was read for the running configuration. */
  readonly files: FileDigests;
}

/** Has the gateway follow its configuration. */
export interface ConfigFollower {
  /** Reads it again now; when it can be used, replicas that stay are replaced one at a time. */
  reload(): Promise<void>;
  /** Reads it again whenever a file of it changes, until the signal is aborted. */
  watch(signal: AbortSignal): Promise<void>;
}

/**
 * Loads a configuration again. One that has a mistake in it leaves everything as it is, and the log says why.
 */
export function createConfigFollower(
  config: FollowedConfig,
  gateway: RunningGateway,
  logger: Logger,
): ConfigFollower {
  const load = async (): Promise<{ readonly isUsed: boolean; readonly files: FileDigests }> => {
    try {
      const {
        servers,
        authorization,
        rateLimit = config.rateLimit,
        files,
        warnings,
      } = readConfigFile(config.path, config.options);
      for (const warning of warnings) logger.warn({}, warning);
      await gateway.reload(servers, {
        // Where there cannot be rules in it, they are somewhere else, or nowhere.
        rules: config.options.noRules === undefined ? (authorization ?? 'none') : undefined,
        rateLimit: rateLimit ?? 'none',
      });
      return { isUsed: true, files };
    } catch (error) {
      const says = 'the configuration cannot be used; the one before stays';
      return { isUsed: false, files: logUnusable(error, config.path, says, logger) };
    }
  };
  return {
    reload: async () => {
      const { isUsed } = await load();
      if (isUsed) await gateway.restart();
    },
    watch: async (signal) =>
      await watchFile(config.files, async () => (await load()).files, { signal, onGone: warnOfGone(logger) }),
  };
}
