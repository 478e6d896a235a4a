import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseExposition } from '../fixtures/exposition.ts';
import { isBuilt, runServe } from '../fixtures/gateway-process.ts';
import type { HttpAnswer } from '../fixtures/http-client.ts';
import { freePort } from '../fixtures/free-port.ts';
import { hasRedis, startRedis, type RedisServer } from '../fixtures/redis-server.ts';
import { tlsPath } from '../fixtures/tls.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const eventually = { timeout: 20_000, interval: 20 };
const isAble = isBuilt && hasRedis && process.platform !== 'win32';
const password = 'a secret/of%all';
const keyed = (key: string): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { 'idempotency-key': key },
});

async function startShared(redis: RedisServer, flags: readonly string[] = []): Promise<ScriptedGateway> {
  return await startScripted({
    flags: ['--redis-url', redis.url, '--call-timeout', '10s', ...flags],
    env: { MCPO_REDIS_PASSWORD: password },
  });
}

async function readiness(gateway: ScriptedGateway): Promise<unknown> {
  return (await gateway.get('/readyz')).json();
}

async function metric(gateway: ScriptedGateway, name: string, ...labels: readonly string[]): Promise<number> {
  const families = parseExposition((await gateway.get('/metrics')).text);
  return (families.get(name)?.samples ?? [])
    .filter((sample) => labels.every((label) => Object.values(sample.labels).includes(label)))
    .reduce((sum, { value }) => sum + value, 0);
}

describe.skipIf(!isAble)('two gateways that share a Redis', () => {
  let redis: RedisServer;
  let gateways: readonly [ScriptedGateway, ScriptedGateway];

  beforeAll(async () => {
    redis = await startRedis(undefined, ['--requirepass', password]);
    gateways = await Promise.all([startShared(redis), startShared(redis)]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(gateways.map(async ({ process }) => await process.stop()));
    await redis.stop();
  });

  const calls = async (): Promise<number> => {
    const facts = await Promise.all(gateways.map(async (gateway) => await gateway.facts()));
    return facts.reduce((sum, { calls: made }) => sum + made, 0);
  };

  test('call a tool once for 100 requests under one key at a time, and answer all alike (REDIS-01, REDIS-02)', async () => {
    const before = await calls();
    const answers: readonly HttpAnswer[] = await Promise.all(
      Array.from(
        { length: 100 },
        async (_, n) => await gateways[n % 2 === 0 ? 0 : 1].call('sleep', { ms: 300 }, keyed('all-at-once')),
      ),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['200 {"ms":300}']),
    );
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    // Each look at the facts is a call at each of both.
    expect((await calls()) - before - 2).toBe(1);
    const reused = await gateways[1].call('sleep', { ms: 301 }, keyed('all-at-once'));
    expect([reused.status, reused.json()]).toEqual([
      422,
      expect.objectContaining({ code: 'idempotency_key_reused' }),
    ]);
  });

  test('show that it answers, and say no password (REDIS-01, REDIS-07)', async () => {
    for (const gateway of gateways) {
      expect(await readiness(gateway)).toMatchObject({ status: 'ready', redis: { state: 'up' } });
      expect(await metric(gateway, 'mcpo_redis_up')).toBe(1);
      expect(gateway.process.stderr).not.toContain(password);
      expect((await gateway.facts()).env).not.toContain('MCPO_REDIS_PASSWORD');
    }
  });

  test('do not call again for one that died in flight (REDIS-03)', async () => {
    const dying = await startShared(redis);
    const lost = dying.call('sleep', { ms: 8_000 }, keyed('"in flight"'));
    lost.catch(() => undefined);
    await vi.waitFor(async () => expect(await dying.inFlight()).toBe(1), eventually);
    dying.process.signal('SIGKILL');
    const answer = await gateways[0].call('sleep', { ms: 8_000 }, keyed('"in flight"'));
    expect([answer.status, answer.json()]).toEqual([
      502,
      expect.objectContaining({
        code: 'upstream_unavailable',
        detail: expect.stringContaining('not made again'),
      }),
    ]);
    expect(await metric(gateways[0], 'mcpo_idempotency_requests_total', 'unknown')).toBe(1);
  }, 60_000);
});

describe.skipIf(!isAble)('a Redis that speaks TLS', () => {
  test('is believed where its certificate is, and else is away, which readiness tells (REDIS-01, REDIS-07)', async () => {
    const port = await freePort();
    const tls = {
      port: '0',
      'tls-port': String(port),
      'tls-auth-clients': 'no',
      'tls-cert-file': tlsPath('first.cert.pem'),
      'tls-key-file': tlsPath('first.key.pem'),
      'tls-ca-cert-file': tlsPath('first.cert.pem'),
    };
    const words = Object.entries(tls).flatMap(([name, value]) => [`--${name}`, value]);
    const redis = await startRedis(port, words);
    onTestFinished(async () => await redis.stop());
    const flags = ['--redis-url', `rediss://localhost:${port}`];
    const [trusting, doubting] = await Promise.all([
      startScripted({ flags, env: { NODE_EXTRA_CA_CERTS: tlsPath('first.cert.pem') } }),
      startScripted({ flags }),
    ]);
    onTestFinished(async () => {
      await Promise.all([trusting, doubting].map(async ({ process }) => await process.stop()));
    });
    await vi.waitFor(
      async () => expect(await readiness(trusting)).toMatchObject({ redis: { state: 'up' } }),
      eventually,
    );
    expect(await readiness(doubting)).toMatchObject({
      status: 'degraded',
      redis: { state: 'down', problem: expect.stringContaining('certificate') },
    });
    for (const gateway of [trusting, doubting])
      expect((await gateway.call('sleep', { ms: 1 }, keyed('over-tls'))).status).toBe(200);
  }, 60_000);
});

describe.skipIf(!isBuilt)('options about Redis', () => {
  test.each([
    [['--redis-fail', 'closed'], '--redis-fail is about a Redis; add --redis-url <url>'],
    [['--redis-url', 'http://:hunter2@host'], '--redis-url: the URL of Redis is no URL of a Redis'],
    [["--redis-url=redis://u:hunter2'@h/x"], 'names a database that is no number'],
    [['--redis-url', 'redis://:hunter2@h?enableOfflineQueue=true'], 'has more than an address'],
    [['--redis-url', 'redis://:hunter2%zz@h'], 'write %25'],
  ])('%j end the start with one line that repeats no password (REDIS-01)', (words, says) => {
    const { code, stdout, stderr } = runServe(words);
    expect([code, stdout, stderr.includes('hunter2')]).toEqual([2, '', false]);
    expect(stderr).toContain(says);
  });

  test('warn of a password that whoever lists processes can read (REDIS-01)', async () => {
    const gateway = await startScripted({ flags: ['--redis-url', 'redis://:hunter2@127.0.0.1:1'] });
    onTestFinished(async () => await gateway.process.stop());
    expect(gateway.process.stderr).toContain('MCPO_REDIS_PASSWORD');
    expect(gateway.process.stderr).not.toContain('hunter2');
  });
});
