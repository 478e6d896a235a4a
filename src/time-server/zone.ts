/** What the platform knows of one IANA timezone. Instants are whole seconds since 1970-01-01T00:00:00Z. */
export interface Zone {
  /** As asked for: an alias such as `US/Eastern` stays one. */
  readonly name: string;
  /** Seconds east of UTC in force at the instant. */
  offsetSecondsAt(epochSeconds: number): number;
  /** CLDR's English name in force at the instant: `Central European Summer Time`, or `GMT+05:45` where there is none. */
  longNameAt(epochSeconds: number): string;
}

/**
 * Compiles a zone from the platform's timezone database (ECMA-402 section 6.5).
 *
 * Compiling costs a hundred times what asking does, so callers keep the result.
 *
 * @throws RangeError when the platform has no such zone.
 */
export function compileZone(name: string): Zone {
  const offset = createNameFormat(name, 'longOffset');
  const longName = createNameFormat(name, 'long');
  return Object.freeze({
    name,
    offsetSecondsAt: (epochSeconds: number) => parseOffset(timeZoneNameAt(offset, epochSeconds)),
    longNameAt: (epochSeconds: number) => timeZoneNameAt(longName, epochSeconds),
  });
}

function createNameFormat(timeZone: string, timeZoneName: 'long' | 'longOffset'): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName, numberingSystem: 'latn' });
}

function timeZoneNameAt(format: Intl.DateTimeFormat, epochSeconds: number): string {
  const part = format.formatToParts(epochSeconds * 1000).find(({ type }) => type === 'timeZoneName');
  return part?.value ?? '';
}

/** CLDR's localized GMT format, long form (UTS #35 part 4): `GMT`, `GMT+05:45`; local mean times have seconds. */
const localizedGmt = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

function parseOffset(text: string): number {
  const match = localizedGmt.exec(text);
  if (match === null) throw new RangeError(`The platform gave ${JSON.stringify(text)} as an offset`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const magnitude = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -magnitude : magnitude;
}
