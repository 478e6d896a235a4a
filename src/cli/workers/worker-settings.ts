import { stat } from 'node:fs/promises';
import type { Settings } from '../../config/settings.ts';

/** What one worker serves with: a file that is rotated must not be rotated by several. @param worker from 1 on */
export async function toWorkerSettings(settings: Settings, worker: number): Promise<Settings> {
  const { audit } = settings;
  if (audit === undefined) return settings;
  const known = await stat(audit.path).catch(() => undefined);
  // A device, such as /dev/stdout, takes lines from everybody.
  if (known !== undefined && !known.isFile()) return settings;
  return Object.freeze({ ...settings, audit: { ...audit, path: `${audit.path}.worker-${worker}` } });
}
