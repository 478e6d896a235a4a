import { describe, expect, test } from 'vitest';
import { createCalls } from '../../../src/time-server/calls.ts';
import type { Conversion } from '../../../src/time-server/convert-time.ts';
import type { TimeResult } from '../../../src/time-server/time-result.ts';

/** `time` in `source` on the day of `now`, seen from `target`. */
function convert(now: string, source: string, time: string, target = 'UTC'): Conversion {
  const call = createCalls({ localZone: 'UTC', now: () => Date.parse(now) }).get('convert_time');
  return call?.({ source_timezone: source, time, target_timezone: target }) as Conversion;
}

function current(now: string, timezone: string): TimeResult {
  const call = createCalls({ localZone: 'UTC', now: () => Date.parse(now) }).get('get_current_time');
  return call?.({ timezone }) as TimeResult;
}

describe('a time that does not exist', () => {
  test.each([
    ['Europe/Paris', '2026-03-29', ['02:00', '02:30', '02:59']],
    ['America/New_York', '2026-03-08', ['02:00', '02:30', '02:59']],
    ['Australia/Lord_Howe', '2026-10-04', ['02:00', '02:15', '02:29']],
    ['Africa/Casablanca', '2025-04-06', ['02:00', '02:59']],
    // At midnight: the day begins at 01:00.
    ['America/Santiago', '2025-09-07', ['00:00', '00:59']],
  ])('is refused in %s on %s', (zone, date, times) => {
    for (const time of times) {
      expect(() => convert(`${date}T12:00:00Z`, zone, time)).toThrow(
        `Invalid time: ${time} does not exist in ${zone} on ${date} (skipped by a clock change)`,
      );
    }
  });

  test.each([
    ['Europe/Paris', '2026-03-29', '01:59', '+01:00', '03:00', '+02:00'],
    ['America/New_York', '2026-03-08', '01:59', '-05:00', '03:00', '-04:00'],
    ['Australia/Lord_Howe', '2026-10-04', '01:59', '+10:30', '02:30', '+11:00'],
  ])('has neighbours that do, in %s on %s', (zone, date, last, before, first, after) => {
    const now = `${date}T12:00:00Z`;
    expect(convert(now, zone, last).source.datetime).toBe(`${date}T${last}:00${before}`);
    expect(convert(now, zone, first).source.datetime).toBe(`${date}T${first}:00${after}`);
  });
});

describe('a time that occurs twice', () => {
  test.each([
    ['Europe/Paris', '2026-10-25', '02:30', '+02:00', true],
    ['America/New_York', '2026-11-01', '01:00', '-04:00', true],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '+11:00', true],
    // Negative DST: the first of the two is standard time.
    ['Europe/Dublin', '2026-10-25', '01:30', '+01:00', false],
  ])('means the first, in %s on %s', (zone, date, time, offset, isDst) => {
    expect(convert(`${date}T12:00:00Z`, zone, time).source).toMatchObject({
      datetime: `${date}T${time}:00${offset}`,
      is_dst: isDst,
    });
  });

  test('is told apart as a target by its offset', () => {
    const [first, second] = ['00:30', '01:30'].map(
      (time) => convert('2026-10-25T12:00:00Z', 'UTC', time, 'Europe/Paris').target.datetime,
    );
    expect(first).toBe('2026-10-25T02:30:00+02:00');
    expect(second).toBe('2026-10-25T02:30:00+01:00');
  });
});

describe('a day that does not exist', () => {
  // Samoa went from 29 to 31 December 2011, from UTC-10 to UTC+14.
  test('is stepped over in Pacific/Apia', () => {
    expect(current('2011-12-30T09:59:59Z', 'Pacific/Apia').datetime).toBe('2011-12-29T23:59:59-10:00');
    expect(current('2011-12-30T10:00:00Z', 'Pacific/Apia')).toMatchObject({
      datetime: '2011-12-31T00:00:00+14:00',
      day_of_week: 'Saturday',
    });
    const conversion = convert('2011-12-30T09:00:00Z', 'Pacific/Apia', '12:00', 'Pacific/Pago_Pago');
    expect(conversion.source.datetime).toBe('2011-12-29T12:00:00-10:00');
    expect(conversion.time_difference).toBe('-1.0h');
  });
});

describe('today is the date of the source zone', () => {
  test.each([
    ['Asia/Tokyo', '2026-11-23T00:30:00+09:00'],
    ['America/Los_Angeles', '2026-11-22T00:30:00-08:00'],
    ['Pacific/Kiritimati', '2026-11-23T00:30:00+14:00'],
  ])('%s', (zone, datetime) => {
    expect(convert('2026-11-22T20:00:00Z', zone, '00:30').source.datetime).toBe(datetime);
  });
});

describe('the difference is written in hours', () => {
  test.each([
    ['UTC', 'Asia/Tokyo', '+9.0h'],
    ['Asia/Tokyo', 'UTC', '-9.0h'],
    ['UTC', 'UTC', '+0.0h'],
    ['UTC', 'Asia/Kathmandu', '+5.75h'],
    ['America/St_Johns', 'UTC', '+3.5h'],
    ['UTC', 'America/St_Johns', '-3.5h'],
    ['Pacific/Pago_Pago', 'Pacific/Kiritimati', '+25.0h'],
    ['Asia/Kathmandu', 'Pacific/Marquesas', '-15.25h'],
    ['Australia/Eucla', 'Pacific/Chatham', '+5.0h'],
  ])('%s to %s: %s', (source, target, difference) => {
    expect(convert('2026-01-15T12:00:00Z', source, '12:00', target).time_difference).toBe(difference);
  });
});
