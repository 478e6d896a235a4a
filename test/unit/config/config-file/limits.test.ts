import { afterAll, describe, expect, test } from 'vitest';
import { createConfigFolder } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

describe('the limits of a server', () => {
  test.each([
    { maxInFlight: 8, maxQueue: 0, maxCallTime: '30m', toolTimeouts: { slow: '5m', 'x y': 2 } },
    { max_in_flight: 8, max_queue: 0, max_call_time: '1800', tool_timeouts: { slow: '300s', 'x y': '2' } },
  ])('are read in camel and in snake case: %j (FLOW-01, FLOW-07, FLOW-08)', (limits) => {
    const expected = {
      maxInFlight: 8,
      maxQueue: 0,
      maxCallTimeMs: 1_800_000,
      toolTimeoutsMs: new Map([
        ['slow', 300_000],
        ['x y', 2_000],
      ]),
    };
    expect(folder.serverOf({ command: 'x', ...limits })).toMatchObject(expected);
    expect(folder.serverOf({ url: 'http://x', ...limits })).toMatchObject(expected);
  });

  test('are the gateway’s where nothing is said', () => {
    const server = folder.serverOf({ command: 'x' });
    for (const key of ['maxInFlight', 'maxQueue', 'maxCallTimeMs', 'toolTimeoutsMs'])
      expect(server).not.toHaveProperty(key);
  });

  test.each<[object, string]>([
    [{ maxInFlight: 0 }, "'maxInFlight' must be from 1 to 1000000"],
    [{ maxInFlight: 1.5 }, "'maxInFlight' must be a whole number, not 1.5; write it as in 8"],
    [{ maxInFlight: '8' }, "'maxInFlight' must be a whole number, not text; write it as in 8"],
    [{ max_queue: -1 }, "'max_queue' must be from 0 to 1000000"],
    [
      { toolTimeouts: ['a'] },
      '\'toolTimeouts\' must be an object, not a list; write it as in {"build_report":"5m"}',
    ],
    [
      { toolTimeouts: { a: 'soon' } },
      '\'toolTimeouts.a\' is no duration; write seconds, or a unit as in "500ms", "60s" or "2m"',
    ],
    [{ toolTimeouts: { a: 0 } }, "'toolTimeouts.a' must be more than 0"],
    [
      { timeout: 60, maxCallTime: '1m' },
      "'timeout' leaves progress nothing to extend; make it shorter than 'maxCallTime', or leave one out",
    ],
    [
      { timeout: '1m', toolTimeouts: { quick: '10s', slow: '5m' }, maxCallTime: '5m' },
      "'toolTimeouts.slow' leaves progress nothing to extend; make it shorter than 'maxCallTime', or leave one out",
    ],
    [
      { toolTimeouts: { slow: '10m' }, maxCallTime: '5m' },
      "'toolTimeouts.slow' leaves progress nothing to extend; make it shorter than 'maxCallTime', or leave one out",
    ],
  ])('%j is a mistake, told with what to write (FLOW-01, FLOW-07, FLOW-08)', (limits, message) =>
    expect(folder.serverProblemsOf({ command: 'x', ...limits })).toEqual([message]),
  );

  test('that contradict each other are told with the other mistakes (CONF-03, CONF-15, FLOW-08)', () => {
    const limits = {
      timeout: '10m',
      toolTimeouts: { slow: '20m' },
      maxCallTime: '5m',
      maxQueue: 0.5,
      colour: 1,
    };
    expect(folder.serverProblemsOf({ command: 'x', ...limits })).toEqual([
      expect.stringContaining("'timeout' leaves progress nothing"),
      expect.stringContaining("'toolTimeouts.slow' leaves progress nothing"),
      expect.stringContaining("'maxQueue' must be a whole number, not 0.5"),
      expect.stringContaining("unknown key 'colour'"),
    ]);
  });
});
