import type { Zone } from './zone.ts';

/** What the clocks on the wall show. */
export interface WallTime {
  /** Four digits, as in ISO 8601. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** What the clocks of a zone show at an instant (whole seconds since the epoch). */
export function toWallTime(zone: Zone, epochSeconds: number): WallTime {
  // The wall clock of the zone is the UTC clock of the instant moved by the offset.
  const date = new Date((epochSeconds + zone.offsetSecondsAt(epochSeconds)) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
  };
}

/**
 * The instant at which the clocks of a zone show the given time; undefined when they never do.
 *
 * A time that clocks show twice, because they are put back (a fold), means the first of the two, as
 * `fold=0` does in Python (PEP 495). A time that clocks skip, because they are put forward (a gap), has
 * no instant; PEP 495 would guess one, and the reference server refuses to.
 */
export function toInstant(zone: Zone, wall: Omit<WallTime, 'weekday'>): number | undefined {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) / 1000;
  // No offset reaches a day, so these two are the offsets before and after any change close to the time.
  const before = zone.offsetSecondsAt(asUtc - 86_400);
  const after = zone.offsetSecondsAt(asUtc + 86_400);
  // The larger offset gives the earlier instant.
  const earlier = asUtc - Math.max(before, after);
  const later = asUtc - Math.min(before, after);
  return [earlier, later].find((instant) => instant + zone.offsetSecondsAt(instant) === asUtc);
}
