import { expect, test } from 'vitest';
import { isDstAt } from '../../../src/time-server/dst.ts';
import { compileZone } from '../../../src/time-server/zone.ts';

const isDst = (zone: string, instant: string): boolean =>
  isDstAt(compileZone(zone), Date.parse(instant) / 1000);

test.each([
  ['Europe/Paris', true],
  ['America/New_York', true],
  ['US/Eastern', true],
  ['Asia/Kathmandu', false],
  ['UTC', false],
  ['Etc/GMT+5', false],
  ['Australia/Lord_Howe', false],
  ['America/Phoenix', false],
])('%s: DST in the northern summer is %s', (zone, expected) => {
  expect(isDst(zone, '2026-07-01T12:00:00Z')).toBe(expected);
});

test.each([
  ['Europe/Paris', false],
  ['Australia/Lord_Howe', true],
  ['Australia/Brisbane', false],
  ['Pacific/Auckland', true],
])('%s: DST in the southern summer is %s', (zone, expected) => {
  expect(isDst(zone, '2026-01-01T12:00:00Z')).toBe(expected);
});

test.each(['Europe/Dublin', 'Eire'])('%s: winter is the DST, as in the tz database', (zone) => {
  expect(isDst(zone, '2026-01-01T12:00:00Z')).toBe(true);
  expect(isDst(zone, '2026-07-01T12:00:00Z')).toBe(false);
  expect(isDst(zone, '2026-10-25T00:59:59Z')).toBe(false);
  expect(isDst(zone, '2026-10-25T01:00:00Z')).toBe(true);
});

test.each(['Africa/Casablanca', 'Africa/El_Aaiun'])('%s: Ramadan is the DST, an hour behind', (zone) => {
  expect(isDst(zone, '2025-01-15T12:00:00Z')).toBe(false);
  expect(isDst(zone, '2025-03-10T12:00:00Z')).toBe(true);
  expect(isDst(zone, '2025-07-01T12:00:00Z')).toBe(false);
});

test.each(['Antarctica/Troll', 'Europe/Jersey'])('%s: found without an English name of its DST', (zone) => {
  expect(isDst(zone, '2026-07-01T12:00:00Z')).toBe(true);
  expect(isDst(zone, '2026-01-01T12:00:00Z')).toBe(false);
});

test.each([
  // Kazakhstan: UTC+6 to UTC+5 on 2024-03-01, for good.
  ['Asia/Almaty', '2024-02-01T12:00:00Z', false],
  ['Asia/Almaty', '2024-04-01T12:00:00Z', false],
  // Chihuahua: the last DST ended into a new standard time.
  ['America/Chihuahua', '2022-07-01T12:00:00Z', true],
  ['America/Chihuahua', '2023-07-01T12:00:00Z', false],
])('%s at %s: a change for good is no DST (%s)', (zone, instant, expected) => {
  expect(isDst(zone, instant)).toBe(expected);
});
