import { describe, expect, test } from 'vitest';
import { checkAssertion } from '../../../bench/assertions/check-assertion.ts';
import { parseAssertion } from '../../../bench/assertions/parse-assertion.ts';
import { describeFaults, isSurvived } from '../../../bench/faults/describe-faults.ts';
import type { FaultsResult, FaultSlice } from '../../../bench/faults/faults-result.ts';
import { findRecovery } from '../../../bench/faults/find-recovery.ts';
import { exampleResult } from './example-result.ts';

const sliceMs = 50;
const fine: FaultsResult = {
  users: 4,
  hangingUp: 1,
  readingSlowly: 1,
  seconds: 3,
  calls: 995,
  failed: 5,
  lost: 0,
  wrong: 0,
  failures: [{ what: '502', count: 5, example: '{"title":\n"Bad gateway"}' }],
  failedShare: 0.005,
  hangUps: 30,
  recovery: {
    killedAtMs: 1_500,
    firstSuccessMs: 300,
    formerRateMs: 420,
    formerCallsPerSecond: 400,
    laterCallsPerSecond: 410,
  },
  slices: [],
  gatewayEnding: null,
};

/** Slices of so many successes each. */
function toSlices(...parts: readonly (readonly [ms: number, succeeded: number])[]): readonly FaultSlice[] {
  const all = parts.flatMap(([ms, succeeded]) => Array.from({ length: ms / sliceMs }, () => succeeded));
  return all.map((succeeded, at) => ({ atMs: at * sliceMs, succeeded, failed: 0 }));
}

describe('recovery', () => {
  const load = { sliceMs, fromMs: 500, killedAtMs: 2_000 };

  test('is told from the kill to the first success, and to the former rate', () => {
    // The warm-up is slower, and does not count; what comes back is slow at first.
    const slices = toSlices([500, 1], [1_500, 10], [600, 0], [400, 5], [1_500, 10]);
    expect(findRecovery({ ...load, slices, firstSuccessAtMs: 2_610 })).toEqual({
      killedAtMs: 2_000,
      firstSuccessMs: 610,
      // Half a second of which nine tenths of the calls succeed.
      formerRateMs: 900,
      formerCallsPerSecond: 200,
      laterCallsPerSecond: 200,
    });
  });

  test('at the former rate begins no sooner than the first success', () => {
    const slices = toSlices([2_000, 10], [2_000, 10]);
    expect(findRecovery({ ...load, slices, firstSuccessAtMs: 2_020 })).toMatchObject({
      firstSuccessMs: 20,
      formerRateMs: 20,
    });
  });

  test('is not there when calls stay slower', () => {
    const slices = toSlices([2_000, 10], [500, 0], [2_000, 4]);
    expect(findRecovery({ ...load, slices, firstSuccessAtMs: 2_530 })).toMatchObject({
      firstSuccessMs: 530,
      formerRateMs: null,
      laterCallsPerSecond: 80,
    });
  });

  test('needs more than a burst', () => {
    const slices = toSlices([2_000, 10], [500, 0], [200, 10], [2_000, 1]);
    expect(findRecovery({ ...load, slices, firstSuccessAtMs: 2_510 }).formerRateMs).toBeNull();
  });

  test('is not there when nothing succeeds', () => {
    const slices = toSlices([2_000, 10], [2_000, 0]);
    expect(findRecovery({ ...load, slices, firstSuccessAtMs: undefined })).toMatchObject({
      firstSuccessMs: null,
      formerRateMs: null,
    });
  });

  test('of few calls is told from a longer time', () => {
    // Two calls a second: twenty of them take ten seconds.
    const few = toSlices(...Array.from({ length: 40 }, () => [[50, 1] as const, [450, 0] as const]).flat());
    const slow = { sliceMs, fromMs: 0, killedAtMs: 4_500, firstSuccessAtMs: 5_000 };
    expect(findRecovery({ ...slow, slices: few })).toMatchObject({ formerRateMs: 500 });
    expect(findRecovery({ ...slow, slices: few.slice(0, 200) })).toMatchObject({ formerRateMs: null });
  });
});

describe('the report of faults', () => {
  test('says when calls succeeded again, and what failed', () => {
    expect(describeFaults(fine)).toEqual([
      'faults: calls succeeded 300 ms after the server was killed, as many as before (400 calls/s) after 420 ms',
      '  4 users, and beside them 1 that hung up (30 times) and 1 that read slowly',
      '  5 of 1000 calls failed: 0.5 %',
      '    5 x 502: {"title": "Bad gateway"}',
      '  every call was answered; no answer was wrong',
    ]);
    expect(isSurvived(fine)).toBe(true);
  });

  test.each<[string, Partial<FaultsResult>, string]>([
    ['a lost call', { lost: 1 }, '1 call LOST'],
    ['a wrong answer', { wrong: 2 }, '2 answers WRONG'],
    ['a gateway that ended', { gatewayEnding: 'it exited with code 1' }, 'the gateway did not survive'],
    [
      'no success after the kill',
      { recovery: { ...fine.recovery!, firstSuccessMs: null, formerRateMs: null } },
      'NOT recovered',
    ],
  ])('says of %s that it must not be', (_name, change, words) => {
    const faults = { ...fine, ...change };
    expect(describeFaults(faults).join('\n')).toContain(words);
    expect(isSurvived(faults)).toBe(false);
  });

  test('of a run that was stopped before says so', () => {
    const faults = { ...fine, recovery: null };
    expect(describeFaults(faults)[0]).toBe('faults: stopped before the server was killed');
    expect(isSurvived(faults)).toBe(true);
  });
});

test.each([
  ['recovery<5s', true, 'recovery is 300 ms'],
  ['recovery<200ms', false, 'recovery is 300 ms'],
  ['lost==0', true, 'lost is 0'],
  ['budget<1%', true, 'budget is 0.5 % of all calls'],
])('%s is held against the faults', (text, isMet, found) => {
  const assertion = parseAssertion(text);
  expect(checkAssertion(assertion, { ...exampleResult, faults: fine })).toEqual({ text, isMet, found });
  expect(checkAssertion(assertion, exampleResult)).toMatchObject({
    isMet: false,
    found: expect.stringContaining('add --faults'),
  });
});
