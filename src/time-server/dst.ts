import type { Zone } from './zone.ts';

/**
 * Says whether daylight saving time is in force, as `bool(datetime.dst())` does in Python.
 *
 * The platform has no such flag, so it is derived:
 *
 * 1. Zones whose law makes the *summer* time the standard one have "negative DST": the tz database marks
 *    their winter (Ireland) or Ramadan (Morocco, Western Sahara) as DST, one hour behind, and Python reports
 *    it so: `is_dst` is true in Dublin in January and false in July. The platform's own data turns this
 *    around, hence the list below; in these zones DST is a there-and-back change to an earlier clock.
 * 2. Elsewhere the English name tells: `… Summer Time` and `… Daylight Time` exist only while the
 *    platform's data says that DST is in force; any other real name is standard time.
 * 3. Zones that CLDR gives no name (`GMT+02:00`: Antarctica/Troll, Europe/Jersey) are in DST during a
 *    there-and-back change to a later clock that lasts less than a year. A change that is not undone is
 *    a new standard time.
 *
 * Before 2018 the third rule and Namibia's former negative DST can differ from Python; the clock of a
 * running server never gets there.
 */
export function isDstAt(zone: Zone, epochSeconds: number): boolean {
  const negativeSince = negativeDstSince.get(zone.name);
  if (negativeSince !== undefined && epochSeconds >= negativeSince) {
    return isExcursion(zone, epochSeconds, -1);
  }
  const name = zone.longNameAt(epochSeconds);
  if (/Summer|Daylight/.test(name)) return true;
  return unnamed.test(name) && isExcursion(zone, epochSeconds, 1);
}

const unnamed = /^GMT(?:[+-]|$)/;

/** Zone → the instant from which the tz database gives it negative DST (files `europe` and `africa`). */
const negativeDstSince: ReadonlyMap<string, number> = new Map([
  ['Europe/Dublin', Date.UTC(1971, 9, 31, 2) / 1000],
  ['Eire', Date.UTC(1971, 9, 31, 2) / 1000],
  ['Africa/Casablanca', Date.UTC(2018, 9, 28, 2) / 1000],
  ['Africa/El_Aaiun', Date.UTC(2018, 9, 28, 2) / 1000],
]);

/** Shorter than the shortest such period, a Ramadan, so none is stepped over. */
const stepSeconds = 7 * 86_400;
const longestSeconds = 366 * 86_400;

/** True when the offset in force is above (1) or below (-1) both its neighbours, and holds for about a year at most. */
function isExcursion(zone: Zone, epochSeconds: number, direction: 1 | -1): boolean {
  const offset = zone.offsetSecondsAt(epochSeconds);
  const isBeyond = (instant: number): boolean => (offset - zone.offsetSecondsAt(instant)) * direction > 0;
  const start = findChange(zone, epochSeconds, -stepSeconds);
  if (start === undefined || !isBeyond(start)) return false;
  const end = findChange(zone, epochSeconds, stepSeconds);
  return end !== undefined && isBeyond(end) && end - start <= longestSeconds + 2 * stepSeconds;
}

/** The first instant, in steps of `step` and within a year, at which another offset is in force. */
function findChange(zone: Zone, epochSeconds: number, step: number): number | undefined {
  const offset = zone.offsetSecondsAt(epochSeconds);
  for (let distance = 0; Math.abs(distance) <= longestSeconds; distance += step) {
    if (zone.offsetSecondsAt(epochSeconds + distance) !== offset) return epochSeconds + distance;
  }
  return undefined;
}
