import { describe, expect, test } from 'vitest';
import { checkAssertion } from '../../../bench/assertions/check-assertion.ts';
import { parseAssertion } from '../../../bench/assertions/parse-assertion.ts';
import { exampleResult } from './example-result.ts';

describe('an assertion', () => {
  test.each([
    ['p99<50ms', { metric: 'p99', operator: '<', limit: 50, per: 'nothing' }],
    ['p50@8 <= 0.2s', { metric: 'p50', users: 8, operator: '<=', limit: 200 }],
    ['max<1500us', { metric: 'max', limit: 1.5 }],
    ['errors==0', { metric: 'errors', operator: '==', limit: 0 }],
    ['errors<1%', { metric: 'errors', limit: 0.01, per: 'calls' }],
    ['pipelining>0.9', { metric: 'pipelining', limit: 0.9 }],
    ['overhead<1.5x', { metric: 'overhead', limit: 1.5 }],
    ['throughput>0.9x baseline', { metric: 'throughput', limit: 0.9, per: 'baseline' }],
    ['throughput >= 1000', { metric: 'throughput', limit: 1_000 }],
    ['cpu<150us', { metric: 'cpu', limit: 150 }],
  ])('%s is read', (text, parsed) => {
    expect(parseAssertion(text)).toMatchObject(parsed);
  });

  test.each([
    ['', 'is no assertion'],
    ['p99', 'is no assertion'],
    ['p98<5ms', 'there is no metric p98; there are p50, p90'],
    ['p99<50', 'after the number of p99 comes ms, s'],
    ['p99=5ms', 'there is no comparison =; there are <= >='],
    ['p99<5parsecs', 'after the number of p99 comes'],
    ['errors<-1', 'is no assertion'],
  ])('%j is refused with what to write instead', (text, reason) => {
    expect(() => parseAssertion(text)).toThrow(reason);
  });
});

test.each([
  ['p99<50ms', true, 'p99 is 30 ms at 8 users'],
  ['p99@1<5ms', false, 'p99 is 10 ms at 1 user'],
  ['p99@3<5ms', false, 'p99 was not measured: no step had 3 users'],
  ['errors==0', false, 'errors is 2'],
  ['errors<1%', true, 'errors is 0.332 % of all calls'],
  ['wrong==0', true, 'wrong is 0'],
  ['throughput>350', true, 'throughput is 400 calls/s at 8 users'],
  ['throughput>0.9x baseline', false, 'throughput is 0.8x baseline at 8 users'],
  ['p50<2x baseline', true, 'p50 is 1.25x baseline at 8 users'],
  ['overhead<1.5x', true, 'overhead is 1.25x'],
  ['pipelining>0.9', true, 'pipelining is 0.95'],
  ['cpu<100us', false, 'cpu is 120 µs a call at 8 users'],
])('%s is held against what was measured', (text, isMet, found) => {
  expect(checkAssertion(parseAssertion(text), exampleResult)).toEqual({ text, isMet, found });
});

test('what was not measured is not met', () => {
  const { baseline: _baseline, pipelining: _pipelining, ...rest } = exampleResult;
  const found = (text: string): unknown => checkAssertion(parseAssertion(text), rest);
  expect(found('overhead<9x')).toMatchObject({ isMet: false, found: expect.stringContaining('no baseline') });
  expect(found('pipelining>0')).toMatchObject({ isMet: false });
  expect(found('throughput>0x baseline')).toMatchObject({ isMet: false });
});
