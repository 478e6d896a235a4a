import { afterAll, describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import type { HttpAnswer } from '../fixtures/http-client.ts';
import { hasRedis, startRedis, type RedisServer } from '../fixtures/redis-server.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const eventually = { timeout: 30_000, interval: 50 };
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

async function redisAt(port?: number): Promise<RedisServer> {
  const redis = await startRedis(port);
  ends.push(async () => await redis.stop());
  return redis;
}

async function gatewayAt(url: string, flags: readonly string[]): Promise<ScriptedGateway> {
  const gateway = await startScripted({ flags: ['--redis-url', url, ...flags] });
  ends.push(async () => await gateway.process.stop());
  return gateway;
}

interface Said {
  readonly status: string;
  readonly redis: { readonly state: string; readonly problem?: string };
}

async function readiness(gateway: ScriptedGateway): Promise<Said & { readonly code: number }> {
  const answer = await gateway.get('/readyz');
  return { ...(answer.json() as Said), code: answer.status };
}

/** Calls of several clients that go on until it is stopped: counted all of them, half of them with a key. */
function startLoad(gateways: readonly ScriptedGateway[]): () => Promise<readonly HttpAnswer[]> {
  const answers: HttpAnswer[] = [];
  let isOver = false;
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let n = 0; !isOver; n += 1) {
      const gateway = gateways[(client + n) % gateways.length];
      const headers = n % 2 === 0 ? { 'idempotency-key': `${client}-${n}` } : {};
      // A call that hangs is thrown.
      const answer = await gateway?.call('echo', { n }, { headers, deadlineMs: 10_000 });
      if (answer !== undefined) answers.push(answer);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  return async () => {
    isOver = true;
    await Promise.all(clients);
    return answers;
  };
}

const rateLimit = ['--rate-limit', '1000000/h', '--rate-limit-by', 'address'];

describe.skipIf(!isBuilt || !hasRedis || process.platform === 'win32')('a shared Redis', () => {
  test('counts the calls at all gateways together (LIMIT-06, REDIS-01)', async () => {
    const { url } = await redisAt();
    const flags = ['--rate-limit', '10/h', '--rate-limit-by', 'header:x-user'];
    const gateways = await Promise.all([gatewayAt(url, flags), gatewayAt(url, flags)]);
    const call = async (n: number, user: string): Promise<number> =>
      (await gateways[n % 2]!.call('echo', {}, { headers: { 'x-user': user } })).status;
    const statuses = await Promise.all(Array.from({ length: 20 }, async (_, n) => await call(n, 'ann')));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([
      ...Array<number>(10).fill(200),
      ...Array<number>(10).fill(429),
    ]);
    expect(await call(1, 'bob')).toBe(200);
  }, 60_000);

  test.each(['open', 'closed'] as const)(
    'that stalls, dies and comes back while calls come has none of them hang: %s (REDIS-05, REDIS-06, REDIS-07)',
    async (fail) => {
      const first = await redisAt();
      const flags = [...rateLimit, '--redis-fail', fail];
      const gateways = await Promise.all([gatewayAt(first.url, flags), gatewayAt(first.url, flags)]);
      const stop = startLoad(gateways);
      const be = async (state: string, status: string, code: number): Promise<void> =>
        await vi.waitFor(async () => {
          for (const gateway of gateways)
            expect(await readiness(gateway)).toMatchObject({ status, code, redis: { state } });
        }, eventually);
      const isDown = async (): Promise<void> =>
        await be('down', fail === 'open' ? 'degraded' : 'not_ready', fail === 'open' ? 200 : 503);
      await be('up', 'ready', 200);
      first.signal('SIGSTOP');
      await isDown();
      first.signal('SIGCONT');
      await be('up', 'ready', 200);
      await first.stop();
      await isDown();
      await redisAt(first.port);
      await be('up', 'ready', 200);
      const answers = await stop();
      const refused = answers.filter(({ status }) => status !== 200);
      for (const answer of refused) {
        expect([answer.status, answer.headers['retry-after'], answer.json()]).toEqual([
          503,
          '1',
          expect.objectContaining({ code: 'limits_unavailable' }),
        ]);
      }
      expect(refused.length > 0).toBe(fail === 'closed');
      expect(answers.length - refused.length).toBeGreaterThan(20);
      for (const { process } of gateways) {
        const said = (text: string): number =>
          process.logs().filter(({ msg }) => msg.startsWith(text)).length;
        expect([said('Redis does not answer'), said('Redis answers again')]).toEqual([2, 2]);
        expect(process.logs().filter(({ level }) => level >= 50)).toEqual([]);
      }
    },
    120_000,
  );

  test('is not waited for at a start, and found later (REDIS-07)', async () => {
    const gone = await redisAt();
    await gone.stop();
    const gateway = await gatewayAt(gone.url, []);
    const { status, code, redis } = await readiness(gateway);
    expect({ status, code, redis }).toEqual({
      status: 'degraded',
      code: 200,
      redis: { state: 'down', problem: expect.stringContaining('ECONNREFUSED') },
    });
    expect((await gateway.call('echo', {}, { headers: { 'idempotency-key': 'k' } })).status).toBe(200);
    await redisAt(gone.port);
    await vi.waitFor(async () => expect((await readiness(gateway)).redis.state).toBe('up'), eventually);
  }, 60_000);
});
