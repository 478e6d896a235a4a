import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { JoinedMetrics } from '../../../../src/cli/workers/joined-metrics.ts';
import { parseExposition } from '../../../fixtures/exposition.ts';

interface Worker {
  readonly calls: Counter;
  json(): Promise<unknown>;
}

function createWorker(server = 'one'): Worker {
  const registers = [new Registry()];
  const calls = new Counter({ name: 'calls_total', help: 'calls', labelNames: ['server'], registers });
  const up = new Gauge({ name: 'up', help: 'up', labelNames: ['server'], registers, aggregator: 'min' });
  const time = new Histogram({ name: 'time', help: 'time', labelNames: ['server'], buckets: [1], registers });
  calls.inc({ server });
  up.set({ server }, 1);
  time.observe({ server }, 0.5);
  return { calls, json: async () => await registers[0]?.getMetricsAsJSON() };
}

async function valueOf(
  joined: JoinedMetrics,
  name: string,
  state = { serving: 2, replaced: 0 },
): Promise<number> {
  const samples = [...parseExposition(await joined.render(state)).values()].flatMap(
    (family) => family.samples,
  );
  return samples.find((sample) => sample.name === name)?.value ?? Number.NaN;
}

test('counts of all workers are added up, states are the worst (WORK-03)', async () => {
  const joined = new JoinedMetrics();
  for (const id of [1, 2]) joined.remember(id, await createWorker().json());
  expect(await valueOf(joined, 'calls_total')).toBe(2);
  expect(await valueOf(joined, 'time_count')).toBe(2);
  expect(await valueOf(joined, 'up')).toBe(1);
  expect(await valueOf(joined, 'mcpo_workers')).toBe(2);
});

test('what an ended worker counted stays, and what comes late of it changes nothing (WORK-03)', async () => {
  const joined = new JoinedMetrics();
  const [one, two] = [createWorker(), createWorker()];
  joined.remember(1, await one.json());
  joined.remember(2, await two.json());
  joined.retire(1);
  one.calls.inc({ server: 'one' });
  joined.remember(1, await one.json());
  expect(await valueOf(joined, 'calls_total')).toBe(2);
  joined.remember(3, await createWorker().json());
  joined.retire(2);
  expect(await valueOf(joined, 'calls_total')).toBe(3);
  expect(await valueOf(joined, 'time_bucket')).toBe(3);
  expect(await valueOf(joined, 'up')).toBe(1);
  expect(await valueOf(joined, 'mcpo_workers_replaced_total', { serving: 1, replaced: 2 })).toBe(2);
});

test('a server that no worker has any more has no series (WORK-03, METRIC-07)', async () => {
  const joined = new JoinedMetrics();
  joined.remember(1, await createWorker('gone').json());
  joined.remember(2, await createWorker('stays').json());
  joined.retire(1);
  const text = await joined.render({ serving: 1, replaced: 1 });
  expect(text).toContain('calls_total{server="stays"} 1');
  expect(text).not.toContain('gone');
});
