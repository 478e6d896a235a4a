import { type TimeResult, toTimeResult } from './time-result.ts';
import { ToolFailure } from './tool-failure.ts';
import { toInstant, toWallTime } from './wall-time.ts';
import type { Zone } from './zone.ts';

/** What `convert_time` answers. */
export interface Conversion {
  readonly source: TimeResult;
  readonly target: TimeResult;
  /** Target minus source in hours: `+9.0h`, `-3.5h`, `+5.75h`. */
  readonly time_difference: string;
}

/** Hours and minutes as Python's `strptime('%H:%M')` reads them: leading zeros may be left out. */
export const timePattern = '^([01]?[0-9]|2[0-3]):[0-5]?[0-9]$';

/**
 * Says what the clocks of the target zone show when those of the source zone show `time`, today.
 *
 * Today is the source zone's date at `nowSeconds`. A time that its clocks show twice on that day means the
 * first; one that they skip is refused, as the reference server does (see {@link toInstant}).
 *
 * @throws ToolFailure when the time is malformed, or does not exist on that day.
 */
export function convertTime(source: Zone, time: string, target: Zone, nowSeconds: number): Conversion {
  if (!timeExpression.test(time)) {
    throw new ToolFailure('Invalid time format. Expected HH:MM [24-hour format], such as 09:30');
  }
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const today = toWallTime(source, nowSeconds);
  const instant = toInstant(source, { ...today, hour, minute, second: 0 });
  if (instant === undefined) {
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day)).toISOString().slice(0, 10);
    throw new ToolFailure(
      `Invalid time: ${time} does not exist in ${source.name} on ${date} (skipped by a clock change)`,
    );
  }
  return {
    source: toTimeResult(source, instant),
    target: toTimeResult(target, instant),
    time_difference: formatDifference(target.offsetSecondsAt(instant) - source.offsetSecondsAt(instant)),
  };
}

const timeExpression = new RegExp(timePattern);

/** Whole hours keep one decimal; others have at most two and no trailing zero. */
function formatDifference(seconds: number): string {
  const hours = seconds / 3600;
  const sign = hours < 0 ? '' : '+';
  if (Number.isInteger(hours)) return `${sign}${hours.toFixed(1)}h`;
  return `${sign}${hours.toFixed(2).replace(/0+$/, '').replace(/\.$/, '')}h`;
}
