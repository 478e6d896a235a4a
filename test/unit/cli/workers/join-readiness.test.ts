import { expect, test } from 'vitest';
import { joinReadiness } from '../../../../src/cli/workers/join-readiness.ts';
import type { Readiness } from '../../../../src/http/readiness.ts';

const counts = { wanted: 2, keptOut: 0, replaced: 0, isLeaving: false };

function said(status: string, server: object = { state: 'ready', inFlight: 1, restarts: 2 }): Readiness {
  return { status, contract: 'digest', servers: { one: server } };
}

test('all ready is ready, with the sums of what each counts (WORK-02)', () => {
  expect(joinReadiness([said('ready'), said('ready')], counts)).toEqual({
    status: 'ready',
    contract: 'digest',
    servers: { one: { state: 'ready', inFlight: 2, restarts: 4 } },
    workers: { total: 2, ready: 2, keptOut: 0, replaced: 0 },
  });
});

test.each([
  ['one that does not answer', [said('ready')]],
  ['one that is not ready', [said('not_ready'), said('ready')]],
  ['one that is degraded', [said('ready'), said('degraded')]],
])('%s leaves the others worth calling (WORK-02)', (_name, all) => {
  expect(joinReadiness(all, counts).status).toBe('degraded');
});

test('none ready is what the worst says, and of each server the worst state is told (WORK-02)', () => {
  const broken = { state: 'restarting', reason: 'it fell over', inFlight: 0, restarts: 1 };
  expect(joinReadiness([said('not_ready', broken), said('not_ready')], counts)).toMatchObject({
    status: 'not_ready',
    servers: { one: { state: 'restarting', reason: 'it fell over', inFlight: 1, restarts: 3 } },
  });
});

test('workers that leave are not to be called (WORK-02, WORK-07)', () => {
  const { status } = joinReadiness([said('ready'), said('ready')], { ...counts, isLeaving: true });
  expect(status).toBe('shutting_down');
});
