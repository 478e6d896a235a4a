import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { parseExposition } from '../fixtures/exposition.ts';
import type { HttpAnswer } from '../fixtures/http-client.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const eventually = { timeout: 15_000, interval: 20 };
const keyed = (key: string): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { 'idempotency-key': key },
});

describe.skipIf(!isBuilt || process.platform === 'win32')('requests with an Idempotency-Key', () => {
  let gateway: ScriptedGateway;

  beforeAll(async () => {
    gateway = await startScripted({ flags: ['--call-timeout', '10s', '--idempotency-ttl', '5m'] });
  }, 60_000);
  afterAll(async () => await gateway.process.stop());

  const callsDuring = async (run: () => Promise<unknown>): Promise<number> => {
    const before = (await gateway.facts()).calls;
    await run();
    // The second look at the facts is a call as well.
    return (await gateway.facts()).calls - before - 1;
  };

  test('reach the server once, however many come at a time, and all get the same bytes (IDEM-02)', async () => {
    let answers: readonly HttpAnswer[] = [];
    const made = await callsDuring(async () => {
      answers = await Promise.all(
        Array.from({ length: 50 }, async () => await gateway.call('sleep', { ms: 200 }, keyed('once'))),
      );
      answers = [...answers, await gateway.call('sleep', { ms: 200 }, keyed('"once"'))];
    });
    expect(made).toBe(1);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['200 {"ms":200}']),
    );
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(50);
  });

  test('run on when their caller hangs up, who gets the answer by trying again (IDEM-06)', async () => {
    const made = await callsDuring(async () => {
      const patience = new AbortController();
      const first = gateway.call('sleep', { ms: 1_000 }, { ...keyed('hang-up'), signal: patience.signal });
      await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(1), eventually);
      patience.abort();
      await expect(first).rejects.toThrow('abort');
      const second = await gateway.call('sleep', { ms: 1_000 }, keyed('"hang-up"'));
      expect([second.status, second.headers['idempotency-replayed']]).toEqual([200, 'true']);
    });
    expect(made).toBe(1);
    expect((await gateway.facts()).cancelled).toEqual([]);
  });

  test('are not sent again to a server that died of them (IDEM-05)', async () => {
    const first = await gateway.call('kill', {}, keyed('deadly'));
    expect(first.status).toBe(502);
    await vi.waitFor(async () => expect((await gateway.get('/readyz')).status).toBe(200), eventually);
    const second = await gateway.call('kill', {}, keyed('deadly'));
    expect([second.status, second.text]).toEqual([502, first.text]);
    expect((await gateway.get('/readyz')).status).toBe(200);
  });

  test('show in /metrics, beside what the server counted over its restart (METRIC-03, METRIC-05)', async () => {
    await gateway.call('banner');
    await gateway.call('twice');
    await vi.waitFor(async () => {
      const families = parseExposition((await gateway.get('/metrics')).text);
      const sum = (name: string, ...labels: readonly string[]): number =>
        (families.get(name)?.samples ?? [])
          .filter((sample) => labels.every((label) => Object.values(sample.labels).includes(label)))
          .reduce((total, { value }) => total + value, 0);
      expect(sum('mcpo_idempotency_requests_total', 'replayed')).toBeGreaterThanOrEqual(52);
      expect(sum('mcpo_upstream_restarts_total')).toBe(1);
      expect(sum('mcpo_upstream_garbage_lines_total')).toBeGreaterThanOrEqual(2);
      expect(sum('mcpo_upstream_stray_answers_total', 'duplicate')).toBe(1);
      expect(sum('mcpo_upstream_received_bytes_total')).toBeGreaterThan(1_000);
      expect(sum('mcpo_upstream_window')).toBe(1_000);
      expect(sum('mcpo_upstream_queued')).toBe(0);
    }, eventually);
  });
});
