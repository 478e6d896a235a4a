import { UsageError } from '../errors.ts';
import { nearestZone } from './nearest-zone.ts';
import { isKnownZone } from './zone-names.ts';

/**
 * The name under which the tools accept the server's own zone, whatever it is.
 *
 * The tz database has the same convention: `/usr/share/zoneinfo/localtime`, where a system has it, is a link
 * to its zone, and the reference server accepts it there.
 */
export const localKey = 'localtime';

/**
 * The server's own zone: the one asked for, else the system's (`TZ`, or its setting), else UTC.
 *
 * @throws UsageError when the one asked for is not an IANA name.
 */
export function parseLocalZone(asked: string | undefined): string {
  if (asked === undefined) return systemZone();
  if (!isKnownZone(asked)) {
    const example = nearestZone(asked) ?? 'Europe/Paris';
    throw new UsageError(
      `invalid --local-timezone ${JSON.stringify(asked.slice(0, 64))}: write an IANA name such as ${example}`,
    );
  }
  return asked;
}

function systemZone(): string {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isKnownZone(name) ? name : 'UTC';
}
