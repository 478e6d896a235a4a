import { expect, test } from 'vitest';
import { judgePipelining, toPipelining, type PipeFacts } from '../../../bench/pipe/judge-pipelining.ts';

/** Eight users of a server that waits 20 ms for each call, all of them at once. */
const good: PipeFacts = {
  users: 8,
  serviceMs: 20,
  busy: 0.05,
  direct: 7.9,
  behindGateway: 7.8,
  mostAtPipe: 8,
  meanAtPipe: 7.7,
};

test.each<[string, Partial<PipeFacts>, string, string | null]>([
  ['all calls at once', {}, 'pipelined', null],
  ['one call at the pipe at a time', { mostAtPipe: 1, behindGateway: 1 }, 'serialised', 'gateway'],
  ['a gateway that waits between two', { mostAtPipe: 2, behindGateway: 1.2 }, 'serialised', 'gateway'],
  ['a gateway with a window of three', { mostAtPipe: 3, behindGateway: 3 }, 'partly', 'gateway'],
  ['a server that waits for one at a time', { direct: 1, behindGateway: 1 }, 'serialised', 'server'],
  ['a server with three workers', { direct: 3, behindGateway: 2.9 }, 'partly', 'server'],
  [
    'calls so short that only computing counts',
    { serviceMs: 0.2, direct: 1.2, behindGateway: 0.5 },
    'pipelined',
    null,
  ],
  ['a server that computes for long', { busy: 0.9, direct: 1.1, behindGateway: 1.1 }, 'partly', 'server'],
  [
    'waiting where processor time cannot be read',
    { busy: null, direct: 1, behindGateway: 1 },
    'serialised',
    'server',
  ],
])('%s', (_case, change, kind, by) => {
  const facts = { ...good, ...change };
  const verdict = judgePipelining(facts);
  expect(verdict).toMatchObject({ kind, by });
  expect(verdict.evidence[0]).toContain(`at most ${facts.mostAtPipe} call`);
});

test('of calls that wait, as many as users can go by at once; of calls that compute, as many can be at the pipe', () => {
  expect(toPipelining(good)).toBeCloseTo(7.8 / 8);
  expect(toPipelining({ ...good, direct: 1, behindGateway: 1 })).toBeCloseTo(1 / 8);
  expect(toPipelining({ ...good, behindGateway: 8.2 })).toBe(1);
  expect(toPipelining({ ...good, busy: 0.9, behindGateway: 1.2 })).toBe(1);
  expect(toPipelining({ ...good, busy: 0.9, mostAtPipe: 4 })).toBe(0.5);
});
