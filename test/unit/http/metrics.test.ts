import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { createCallMetrics } from '../../../src/http/call-metrics.ts';
import { createDeferred } from '../../fixtures/deferred.ts';
import { parseExposition, type Family } from '../../fixtures/exposition.ts';
import { createInMemoryUpstream, type ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { createNamedGateway, createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

async function scrape(app: FastifyInstance): Promise<ReadonlyMap<string, Family>> {
  return parseExposition((await app.inject({ method: 'GET', url: '/metrics' })).body);
}

/** The value of a series; undefined when there is none. */
function valueOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return families
    .get(name)
    ?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    ?.value;
}

async function post(app: FastifyInstance, url: string, headers: Readonly<Record<string, string>> = {}) {
  return await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: '{}',
  });
}

const misfit: ScriptedTool = {
  ...echo,
  name: 'misfit',
  outputSchema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
  run: () => ({ content: [], structuredContent: { a: 'no number' } }),
};

describe('/metrics', () => {
  test('follows the text format and the naming of Prometheus (METRIC-01)', async () => {
    const { app, gateway } = await createTestGateway([echo, greet, { ...echo, name: 'a"b\\c' }]);
    for (const { path } of gateway.contract.operations) await post(app, path, { 'idempotency-key': 'k' });
    const families = await scrape(app);
    const ours = [...families.values()].filter(({ name }) => name.startsWith('mcpo_'));
    expect(ours.length).toBeGreaterThan(15);
    for (const { name, type, help } of ours) {
      expect(help.length).toBeGreaterThan(5);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(?:ms|milliseconds|kb|mb|minutes)(?:_|$)/);
    }
    expect(families.get('mcpo_calls_total')?.samples.map(({ labels }) => labels['tool'])).toContain('a"b\\c');
  });

  test('shows the process and the lag of its event loop (METRIC-02)', async () => {
    const { app } = await createTestGateway([echo]);
    const families = await scrape(app);
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(valueOf(families, name)).toBeGreaterThanOrEqual(0);
  });

  test('shows what waits, flows and goes wrong at each server (METRIC-03)', async () => {
    const { app, upstream } = await createTestGateway([echo]);
    upstream.setTraffic({
      bytesIn: 1,
      bytesOut: 2,
      garbageLines: 3,
      lateAnswers: 4,
      duplicateAnswers: 5,
      unknownAnswers: 6,
      queued: 7,
      window: 8,
    });
    const families = await scrape(app);
    const server = { server: 'memory' };
    expect(valueOf(families, 'mcpo_upstream_up', server)).toBe(1);
    expect(valueOf(families, 'mcpo_upstream_in_flight', server)).toBe(0);
    expect(valueOf(families, 'mcpo_upstream_queued', server)).toBe(7);
    expect(valueOf(families, 'mcpo_upstream_window', server)).toBe(8);
    expect(valueOf(families, 'mcpo_upstream_received_bytes_total', server)).toBe(1);
    expect(valueOf(families, 'mcpo_upstream_sent_bytes_total', server)).toBe(2);
    expect(valueOf(families, 'mcpo_upstream_garbage_lines_total', server)).toBe(3);
    const strays = 'mcpo_upstream_stray_answers_total';
    expect(valueOf(families, strays, { ...server, kind: 'late' })).toBe(4);
    expect(valueOf(families, strays, { ...server, kind: 'duplicate' })).toBe(5);
    expect(valueOf(families, strays, { ...server, kind: 'unknown' })).toBe(6);
    expect(valueOf(families, 'mcpo_upstream_circuit', { ...server, state: 'closed' })).toBe(1);
    expect(valueOf(families, 'mcpo_upstream_circuit', { ...server, state: 'open' })).toBe(0);
    // Nobody has sessions or replicas here.
    expect(families.get('mcpo_upstream_sessions')?.samples).toEqual([]);
    expect(families.get('mcpo_upstream_replicas')?.samples).toEqual([]);
  });

  test('counts what breaks the contract (METRIC-04)', async () => {
    const { app } = await createTestGateway([greet, misfit]);
    await post(app, '/greet');
    await post(app, '/misfit');
    await post(app, '/misfit');
    const families = await scrape(app);
    expect(valueOf(families, 'mcpo_violations_total', { tool: 'greet', of: 'arguments' })).toBe(1);
    expect(valueOf(families, 'mcpo_violations_total', { tool: 'misfit', of: 'result' })).toBe(2);
    expect(valueOf(families, 'mcpo_violations_total', { tool: 'misfit', of: 'arguments' })).toBeUndefined();
  });

  test('counts what came of keys (METRIC-05)', async () => {
    const { app } = await createTestGateway([echo, greet]);
    for (const url of ['/echo', '/echo', '/greet']) await post(app, url, { 'idempotency-key': 'k' });
    await post(app, '/echo', { 'idempotency-key': '' });
    const families = await scrape(app);
    const of = (outcome: string): number | undefined =>
      valueOf(families, 'mcpo_idempotency_requests_total', { outcome });
    expect([of('first'), of('replayed'), of('reused'), of('refused'), of('let_go')]).toEqual([1, 1, 1, 1, 0]);
    expect(valueOf(families, 'mcpo_idempotency_keys')).toBe(1);
    expect(valueOf(families, 'mcpo_idempotency_kept_bytes')).toBeGreaterThan(0);
  });

  test('gives 500 tools a label of their own, and all others one (METRIC-06)', async () => {
    const registry = new Registry();
    const metrics = createCallMetrics(registry);
    for (let index = 0; index < 520; index += 1) metrics.observeCall('one', `tool_${index}`, 200, 1, 1);
    metrics.observeCall('one', 'tool_0', 200, 1, 1);
    const shown = async (): Promise<ReadonlyMap<string, Family>> => parseExposition(await registry.metrics());
    const families = await shown();
    expect(families.get('mcpo_calls_total')?.samples).toHaveLength(501);
    expect(valueOf(families, 'mcpo_calls_total', { tool: 'tool_0' })).toBe(2);
    expect(valueOf(families, 'mcpo_calls_total', { tool: '…other' })).toBe(20);
    expect(families.get('mcpo_call_duration_seconds')?.samples).toHaveLength(501 * 18);
    // The tools of a server that is gone leave their room to others.
    await metrics.keepOnly(new Set());
    metrics.observeCall('two', 'tool_600', 200, 1, 1);
    expect((await shown()).get('mcpo_calls_total')?.samples).toHaveLength(1);
    expect(valueOf(await shown(), 'mcpo_calls_total', { tool: 'tool_600' })).toBe(1);
  });

  test('shows nothing of a server that is gone, also of calls that end later (METRIC-07)', async () => {
    const done = createDeferred<{ content: readonly unknown[] }>();
    const slow: ScriptedTool = { ...echo, name: 'slow', run: async () => await done.promise };
    const upstreams = {
      one: createInMemoryUpstream([echo], { name: 'one' }),
      two: createInMemoryUpstream([greet, misfit, slow], { name: 'two' }),
    };
    const { app, gateway } = await createNamedGateway(upstreams);
    for (const url of ['/one/echo', '/two/greet', '/two/misfit']) await post(app, url);
    const late = post(app, '/two/slow');
    await expect.poll(() => upstreams.two.inFlight).toBe(1);
    const shown = async (): Promise<readonly string[]> => {
      const samples = [...(await scrape(app)).values()].flatMap((family) => family.samples);
      return [...new Set(samples.flatMap(({ labels: { server = [] } }) => server))].toSorted();
    };
    expect(await shown()).toEqual(['one', 'two']);
    await gateway.replaceServers(new Map([['one', { upstream: upstreams.one }]]), 1_000);
    expect(await shown()).toEqual(['one']);
    done.resolve({ content: [] });
    expect((await late).statusCode).toBe(200);
    expect(await shown()).toEqual(['one']);
    expect(valueOf(await scrape(app), 'mcpo_calls_total', { server: 'one' })).toBe(1);
  });

  test('never lets a counter fall, whatever restarts or is replaced (METRIC-08)', async () => {
    const traffic = {
      bytesIn: 100,
      bytesOut: 0,
      garbageLines: 0,
      lateAnswers: 2,
      duplicateAnswers: 0,
      unknownAnswers: 0,
      queued: 0,
      window: 1,
    };
    const first = createInMemoryUpstream([echo], { name: 'one' });
    first.setTraffic(traffic);
    const { app, gateway } = await createNamedGateway({ one: first });
    first.setState({ kind: 'restarting', retryInMs: 1, reason: '' });
    first.setState({ kind: 'ready' });
    await post(app, '/one/echo');
    const before = await scrape(app);
    const second = createInMemoryUpstream([echo], { name: 'one' });
    second.setTraffic({ ...traffic, bytesIn: 10 });
    await gateway.replaceServers(new Map([['one', { upstream: second }]]), 1_000);
    const after = await scrape(app);
    const fallen = [...before.values()]
      .filter(({ name, type }) => type === 'counter' && name.startsWith('mcpo_'))
      .flatMap(({ samples }) => samples)
      .filter(({ name, labels, value }) => !((valueOf(after, name, labels) ?? -1) >= value));
    expect(fallen).toEqual([]);
    expect(valueOf(after, 'mcpo_upstream_received_bytes_total')).toBe(110);
    expect(valueOf(after, 'mcpo_upstream_restarts_total')).toBe(1);
  });
});
