/** Parses a day or time (RFC 3339) to milliseconds of Unix time; NaN for what is none, as 30 February. */
export function parseTime(text: string): number {
  const [, day] =
    /^(\d{4}-\d{2}-\d{2})(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  const start = Date.parse(day ?? '');
  // Date.parse takes such days for those of the next month.
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day ?? '');
  return isDay ? Date.parse(text) : Number.NaN;
}
