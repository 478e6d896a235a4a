import { alignColumns, showNumber, toSparkline } from '../report/format.ts';
import type { SoakResult, Trend } from './soak-result.ts';

const barCount = 40;

/** What a soak came to, for people: a table of trends, and what failed. */
export function describeSoak(soak: SoakResult): readonly string[] {
  const { users, seconds, calls, failed, wrong, failures, trends, samples, gatewayEnding } = soak;
  const memory = samples.flatMap(({ gatewayRssMb }) => (gatewayRssMb === null ? [] : [gatewayRssMb]));
  return [
    `soak: ${users} ${users === 1 ? 'user' : 'users'} for ${showSpan(seconds)}, ${calls} calls, ${failed} failed, ${wrong} wrong`,
    ...(gatewayEnding === null ? [] : [`  the gateway did not survive: ${gatewayEnding}`]),
    ...failures.map(
      ({ what, count, example }) => `  ${count} x ${what}: ${example.replaceAll(/\s+/g, ' ').slice(0, 120)}`,
    ),
    ...alignWords(trends.map(toRow)),
    ...(memory.length < 2 ? [] : [`  gateway memory over time ${toSparkline(thin(memory))}`]),
  ];
}

/** Whether everything that must not happen did not. */
export function isSoakFine({ wrong, gatewayEnding }: SoakResult): boolean {
  return wrong === 0 && gatewayEnding === null;
}

/** A drift in words. */
export function describeDrift({ unit, drift: { kind, perHour } }: Trend): string {
  if (perHour === null) return 'too short to say';
  const amount = (value: number): string => `${showNumber(value)}${unit === '' ? '' : ` ${unit}`}`;
  const range = `${showNumber(perHour.low)} to ${showNumber(perHour.high)}`;
  switch (kind) {
    case 'grows':
      return `GROWS by ${amount(perHour.slope)} an hour (${range})`;
    case 'falls':
      return `falls by ${amount(-perHour.slope)} an hour (${range})`;
    case 'settles':
      return `grew at first, and settles (${range} an hour)`;
    case 'flat':
      return `flat (${range} an hour)`;
    case 'unclear':
      return `varies too much to say (${range} an hour)`;
    case 'too-short':
      return 'too short to say';
  }
}

function toRow(trend: Trend): readonly [string, string, string] {
  const { level } = trend.drift;
  const unit = trend.unit === '' ? '' : ` ${trend.unit}`;
  return [trend.what, level === null ? '-' : `${showNumber(level)}${unit}`, describeDrift(trend)];
}

/** The words of the last column begin in one line. */
function alignWords(rows: readonly (readonly [string, string, string])[]): readonly string[] {
  const left = alignColumns(rows.map(([what, level]) => [what, level]));
  return left.map((cells, at) => `  ${cells}  ${rows[at]?.[2] ?? ''}`);
}

/** At most so many of the values, spread evenly. */
function thin(values: readonly number[]): readonly number[] {
  if (values.length <= barCount) return values;
  return Array.from(
    { length: barCount },
    (_bar, at) => values[Math.floor((at * values.length) / barCount)] ?? 0,
  );
}

function showSpan(seconds: number): string {
  return seconds < 120 ? `${showNumber(seconds)} s` : `${showNumber(seconds / 60)} min`;
}
