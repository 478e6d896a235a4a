import { describe, expect, test } from 'vitest';
import { nearestZone } from '../../../src/time-server/nearest-zone.ts';
import { toTimeResult } from '../../../src/time-server/time-result.ts';
import { isKnownZone, zoneNames } from '../../../src/time-server/zone-names.ts';
import { compileZone } from '../../../src/time-server/zone.ts';

describe('a zone is known', () => {
  test.each(['Europe/Paris', 'Asia/Kolkata', 'Asia/Calcutta', 'US/Eastern', 'Etc/GMT+5', 'EST5EDT', 'UTC'])(
    'under its exact name %s',
    (name) => {
      expect(isKnownZone(name)).toBe(true);
    },
  );

  test.each([
    'europe/paris',
    'EUROPE/PARIS',
    'JST',
    'SystemV/PST8',
    '+01:00',
    'UTC+3',
    '',
    '__proto__',
    'Mars/Base',
  ])('but not as %j', (name) => {
    expect(isKnownZone(name)).toBe(false);
  });

  test('for every name that the platform lists', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !isKnownZone(name))).toEqual([]);
    expect(zoneNames.size).toBeGreaterThan(550);
  });
});

describe('the nearest zone', () => {
  test.each([
    ['europe/paris', 'Europe/Paris'],
    ['Europe/Pariss', 'Europe/Paris'],
    ['Paris', 'Europe/Paris'],
    ['New York', 'America/New_York'],
    ['America/NewYork', 'America/New_York'],
    ['Asia/Katmandou', 'Asia/Katmandu'],
    ['utc', 'UTC'],
  ])('to %s is %s', (text, expected) => {
    expect(nearestZone(text)).toBe(expected);
  });

  test.each(['', 'qqqqqqqqqqqqqqqqqqqqqqq', 'x'.repeat(5_000_000)])(
    'is none where nothing is alike',
    (text) => {
      expect(nearestZone(text)).toBeUndefined();
    },
  );
});

describe('an offset', () => {
  test.each([
    ['UTC', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00+00:00'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', '2026-01-01T05:45:00+05:45'],
    ['America/St_Johns', '2026-01-01T00:00:00Z', '2025-12-31T20:30:00-03:30'],
    ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', '2026-07-01T10:30:00+10:30'],
    // Local mean time, with seconds.
    ['Africa/Monrovia', '1971-06-01T12:00:00Z', '1971-06-01T11:15:30-00:44:30'],
  ])('of %s at %s is written as in %s', (zone, instant, datetime) => {
    expect(toTimeResult(compileZone(zone), Date.parse(instant) / 1000).datetime).toBe(datetime);
  });
});
