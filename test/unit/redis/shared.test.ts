import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SharedAnswers, type SharedAsked } from '../../../src/gateway/idempotency/shared-answers.ts';
import type { AnswerOf } from '../../../src/gateway/idempotency/stored-answer.ts';
import { RateLimiter } from '../../../src/limits/rate-limiter.ts';
import { RedisLink } from '../../../src/redis/redis-link.ts';
import { systemClock } from '../../../src/upstream/clock.ts';
import { hasRedis, startRedis, type RedisServer } from '../../fixtures/redis-server.ts';

const eventually = { timeout: 15_000, interval: 20 };
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function redisOf(port?: number, flags?: readonly string[]): Promise<RedisServer> {
  const server = await startRedis(port, flags);
  ends.push(async () => await server.stop());
  return server;
}

interface Linked {
  readonly link: RedisLink;
  readonly lines: readonly string[];
}

function linkTo(url: string, fail: 'open' | 'closed' = 'open'): Linked {
  const lines: string[] = [];
  const write = (fields: object, message: string): void =>
    void lines.push(JSON.stringify({ ...fields, message }));
  const link = new RedisLink(
    { url, prefix: 'mcpo:', fail },
    { debug: write, info: write, warn: write, error: write },
  );
  ends.push(() => link.close());
  return { link, lines };
}

/** Passes connections on to a port, and knows what was sent there. */
async function wayTo(port: number): Promise<{ readonly url: string; bytes(): number }> {
  let bytes = 0;
  const relay = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => undefined).on('close', () => other.destroy());
    near.on('data', (chunk) => (bytes += chunk.length));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  ends.push(() => relay.close());
  // It listens on TCP.
  const { port: own } = relay.address() as AddressInfo;
  return { url: `redis://127.0.0.1:${own}`, bytes: () => bytes };
}

const echo = {
  name: 'test_echo',
  lua: 'redis.call("SET", KEYS[1], ARGV[1]); return ARGV[1]',
  isReply: (reply: unknown) => Buffer.isBuffer(reply),
};
const up = async (link: RedisLink): Promise<void> =>
  await vi.waitFor(() => expect(link.state).toEqual({ kind: 'up' }), eventually);

describe.skipIf(!hasRedis)('a Redis', () => {
  test('that stalls is not waited for again until it answers (REDIS-05)', async () => {
    const redis = await redisOf();
    const { link, lines } = linkTo(redis.url);
    await up(link);
    redis.signal('SIGSTOP');
    const answers = await Promise.all([1, 2, 3].map(async (n) => await link.run(echo, 'k', [n])));
    expect(answers.every(({ kind }) => kind === 'away')).toBe(true);
    expect(link.isUp).toBe(false);
    const failures = link.failures;
    expect(await link.run(echo, 'k', ['x'])).toEqual({ kind: 'away' });
    expect(link.failures).toBe(failures);
    redis.signal('SIGCONT');
    await up(link);
    expect(String(((await link.run(echo, 'k', ['x'])) as { value: Buffer }).value)).toBe('x');
    expect(lines.filter((line) => line.includes('does not answer'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('answers again'))).toHaveLength(1);
  }, 30_000);

  test('that dies and comes back is used again (REDIS-05)', async () => {
    const first = await redisOf();
    const { link } = linkTo(first.url);
    await up(link);
    await first.stop();
    await vi.waitFor(() => expect(link.isUp).toBe(false), eventually);
    await redisOf(first.port);
    await up(link);
  }, 30_000);

  test('that dies while it is probed is used again (REDIS-05)', async () => {
    const first = await redisOf();
    const way = await wayTo(first.port);
    const { link } = linkTo(way.url);
    await up(link);
    first.signal('SIGSTOP');
    expect((await link.run(echo, 'k', ['x'])).kind).toBe('away');
    const sent = way.bytes();
    await vi.waitFor(() => expect(way.bytes(), 'a probe is sent').toBeGreaterThan(sent), eventually);
    await first.stop();
    await redisOf(first.port);
    await up(link);
    expect((await link.run(echo, 'k', ['y'])).kind).toBe('value');
  }, 30_000);

  test('that refuses to write is as good as away: full, a replica, without credentials (REDIS-05)', async () => {
    const redis = await redisOf();
    const { link } = linkTo(redis.url);
    await up(link);
    redis.cli('config', 'set', 'maxmemory', '1');
    expect((await link.run(echo, 'k', ['x'])).kind).toBe('away');
    expect(link.state).toMatchObject({ problem: expect.stringContaining('OOM') });
    redis.cli('config', 'set', 'maxmemory', '0');
    await up(link);
    redis.cli('replicaof', '127.0.0.1', '1');
    expect((await link.run(echo, 'k', ['x'])).kind).toBe('away');
    expect(link.state).toMatchObject({ problem: expect.stringContaining('READONLY') });
    redis.cli('replicaof', 'no', 'one');
    await up(link);
    const locked = await redisOf(undefined, ['--requirepass', 'hunter2-secret']);
    const denied = linkTo(locked.url).link;
    await vi.waitFor(
      () => expect(denied.state).toMatchObject({ problem: expect.stringContaining('NOAUTH') }),
      eventually,
    );
    const wrong = linkTo(locked.url.replace('//', '//:wrong-secret@'));
    await vi.waitFor(
      () => expect(wrong.link.state).toMatchObject({ problem: expect.stringContaining('WRONGPASS') }),
      eventually,
    );
    expect(JSON.stringify([wrong.link.state, wrong.lines])).not.toContain('wrong-secret');
    await up(linkTo(locked.url.replace('//', '//:hunter2-secret@')).link);
  }, 60_000);

  test('that refuses the gateway is said to do so, with what to set, and not to be silent (REDIS-06)', async () => {
    const locked = await redisOf(undefined, ['--requirepass', 'hunter2-secret']);
    for (const [url, says] of [
      [locked.url, 'asks for a password'],
      [locked.url.replace('//', '//:wrong-secret@'), 'does not let the gateway in'],
    ] as const) {
      const { link, lines } = linkTo(url);
      await vi.waitFor(
        () => expect(link.state).toMatchObject({ problem: expect.stringMatching(/^(?:NOAUTH|WRONGPASS)/) }),
        eventually,
      );
      await link.settled(1);
      expect(lines.join('')).toContain(says);
      expect(lines.join('')).toContain('MCPO_REDIS_PASSWORD');
      expect(lines.join('')).not.toContain('does not answer');
    }
  }, 30_000);
});

const warned = (lines: readonly string[]): number =>
  lines.filter((line) => line.includes('maxmemory-policy')).length;

describe.skipIf(!hasRedis)('a Redis that forgets keys when it is full', () => {
  test('is warned of once, and one that refuses to write then is not (REDIS-09)', async () => {
    const forgetful = await redisOf(undefined, ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
    const { link, lines } = linkTo(forgetful.url);
    await vi.waitFor(() => expect(warned(lines)).toBe(1), eventually);
    forgetful.signal('SIGSTOP');
    await link.run(echo, 'k', ['x']);
    forgetful.signal('SIGCONT');
    await up(link);
    const strict = await redisOf(undefined, ['--maxmemory', '50mb']);
    const other = linkTo(strict.url);
    await up(other.link);
    // The answer to the next command comes after that to the question.
    await other.link.run(echo, 'k', ['x']);
    await link.run(echo, 'k', ['x']);
    expect([warned(lines), warned(other.lines)]).toEqual([1, 0]);
  }, 30_000);
});

const answerOf = (body: string): AnswerOf => ({
  requestId: 'r',
  answer: { kind: 'body', status: 200, mediaType: 'application/json', body },
});

const two = async (fail: 'open' | 'closed' = 'open', leaseMs = 400, ttlMs = 60_000) => {
  const redis = await redisOf();
  const links = [linkTo(redis.url, fail).link, linkTo(redis.url, fail).link] as const;
  await Promise.all(links.map(up));
  const stores = links.map((link) => new SharedAnswers({ redis: link, ttlMs, clock: systemClock, leaseMs }));
  let made = 0;
  const ask = async (
    at: number,
    key: string,
    {
      fingerprint = 'f',
      isRepeatable = false,
      make = async () => answerOf('1'),
    }: Partial<{ fingerprint: string; isRepeatable: boolean; make: () => Promise<AnswerOf> }> = {},
  ): Promise<SharedAsked<AnswerOf>> =>
    await stores[at]!.ask({
      key,
      fingerprint,
      isRepeatable,
      isFree: ({ requestId }) => requestId === 'free',
      make: async () => {
        made += 1;
        return await make();
      },
    });
  return { redis, links, ask, made: () => made };
};

const slow = async (): Promise<AnswerOf> => {
  await new Promise((r) => setTimeout(r, 1_500));
  return answerOf('once');
};

const never = async (): Promise<AnswerOf> => await new Promise(() => undefined);

describe.skipIf(!hasRedis)('gateways that share a Redis', () => {
  test('call once for 100 requests with one key at a time, longer than a lease', async () => {
    const { ask, made } = await two();
    const all = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => await ask(n % 2, 'k', { make: slow })),
    );
    expect(made()).toBe(1);
    expect(all.filter(({ kind }) => kind === 'first')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'repeated')).toHaveLength(99);
    expect(await ask(1, 'k', { fingerprint: 'other' })).toEqual({ kind: 'other_request' });
  }, 30_000);

  test('do not call again for one that died in flight, unless that does no harm (REDIS-03)', async () => {
    const { redis, links, ask, made } = await two();
    void ask(0, 'dead', { make: never });
    void ask(0, 'harmless', { make: never, isRepeatable: true });
    await vi.waitFor(() => expect(redis.cli('dbsize')).toMatch(/[23]$/), eventually);
    links[0].close();
    expect(await ask(1, 'dead')).toEqual({ kind: 'unknown' });
    expect(await ask(1, 'dead')).toEqual({ kind: 'unknown' });
    expect((await ask(1, 'harmless', { isRepeatable: true })).kind).toBe('first');
    expect(made()).toBe(3);
  }, 30_000);

  test('free the key of what was never sent, and let a large answer go (REDIS-04)', async () => {
    const { ask, made } = await two();
    await ask(0, 'k', { make: async () => ({ ...answerOf('x'), requestId: 'free' }) });
    expect((await ask(1, 'k', { make: async () => answerOf('x'.repeat(2 ** 21)) })).kind).toBe('first');
    expect(await ask(0, 'k')).toEqual({ kind: 'let_go' });
    expect(made()).toBe(2);
  }, 30_000);

  test('go on by themselves, or refuse, while it stalls; what happened meanwhile is told afterwards (REDIS-06)', async () => {
    const open = await two();
    open.redis.signal('SIGSTOP');
    expect((await open.ask(0, 'k')).kind).toBe('first');
    open.redis.signal('SIGCONT');
    await Promise.all(open.links.map(up));
    await vi.waitFor(
      async () => expect((await open.ask(1, 'k', { isRepeatable: true })).kind).toBe('repeated'),
      eventually,
    );
    expect(open.made()).toBe(1);
    const closed = await two('closed');
    closed.redis.signal('SIGSTOP');
    expect(await closed.ask(0, 'k')).toEqual({ kind: 'unavailable' });
    closed.redis.signal('SIGCONT');
    await Promise.all(closed.links.map(up));
    expect((await closed.ask(1, 'k')).kind).toBe('first');
    expect(closed.made()).toBe(1);
  }, 30_000);

  test('count the calls of a client together (LIMIT-06)', async () => {
    const { redis, links } = await two();
    const limiters = links.map((link) => new RateLimiter(link));
    const all = { max: 5, windowMs: 60_000, by: { kind: 'address' } } as const;
    for (const limiter of limiters) await limiter.replace({ all, servers: new Map() });
    const call = async (n: number) =>
      await limiters[n % 2]!.check('', 'echo', {
        identity: undefined,
        headers: {},
        address: () => '10.0.0.1',
      });
    const verdicts = [];
    for (let n = 0; n < 8; n += 1) verdicts.push(await call(n));
    expect(verdicts.map(({ kind }) => kind)).toEqual([
      ...Array(5).fill('allowed'),
      ...Array(3).fill('limited'),
    ]);
    expect(verdicts[0]).toMatchObject({
      fields: { 'ratelimit-policy': '"all";q=5;w=60', ratelimit: '"all";r=4;t=60' },
    });
    redis.signal('SIGSTOP');
    expect((await call(0)).kind).toBe('allowed');
    redis.signal('SIGCONT');
  }, 30_000);
});
