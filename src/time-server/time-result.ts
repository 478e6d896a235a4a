import { isDstAt } from './dst.ts';
import { toWallTime } from './wall-time.ts';
import type { Zone } from './zone.ts';

/** An instant in a zone, as both tools report it. */
export interface TimeResult {
  /** IANA name, as asked for. */
  readonly timezone: string;
  /** ISO 8601 with seconds and offset: `2026-07-01T12:00:00+02:00`. */
  readonly datetime: string;
  /** English, in full. */
  readonly day_of_week: DayOfWeek;
  /** See {@link isDstAt} for zones where winter is the special time. */
  readonly is_dst: boolean;
}

/** The days, Sunday first. */
export const daysOfWeek = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

type DayOfWeek = (typeof daysOfWeek)[number];

/** Describes an instant (whole seconds since the epoch) in a zone. */
export function toTimeResult(zone: Zone, epochSeconds: number): TimeResult {
  const wall = toWallTime(zone, epochSeconds);
  const date = `${pad(wall.year, 4)}-${pad(wall.month)}-${pad(wall.day)}`;
  const time = `${pad(wall.hour)}:${pad(wall.minute)}:${pad(wall.second)}`;
  return {
    timezone: zone.name,
    datetime: `${date}T${time}${formatOffset(zone.offsetSecondsAt(epochSeconds))}`,
    // A weekday is 0 to 6, so the index is never out of range.
    day_of_week: daysOfWeek[wall.weekday]!,
    is_dst: isDstAt(zone, epochSeconds),
  };
}

/** `+05:45`; local mean times, up to 1972, keep their seconds as Python's isoformat does: `+00:09:21`. */
function formatOffset(offsetSeconds: number): string {
  const magnitude = Math.abs(offsetSeconds);
  const seconds = magnitude % 60;
  const sign = offsetSeconds < 0 ? '-' : '+';
  const text = `${sign}${pad(Math.floor(magnitude / 3600))}:${pad(Math.floor(magnitude / 60) % 60)}`;
  return seconds === 0 ? text : `${text}:${pad(seconds)}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
