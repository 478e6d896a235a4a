import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../../src/limits/rate-limiter.ts';
import type { RateLimit, RateLimits } from '../../../src/limits/rate-limit.ts';
import { createMcpoProfile } from '../../../src/compat/mcpo-profile.ts';
import { parseExposition } from '../../fixtures/exposition.ts';
import { createTestGateway, echo, greet, type TestGateway } from '../../fixtures/test-gateway.ts';

const plain = { info: {}, hasKey: false, strictAuth: false, rootPath: '', pathPrefix: '' };
const byKey = (max: number, windowMs = 60_000): RateLimit => ({ max, windowMs, by: { kind: 'key' } });

async function limited(limits: RateLimits, options: object = {}): Promise<TestGateway> {
  const limiter = new RateLimiter();
  await limiter.replace(limits);
  return await createTestGateway([echo, greet], { limits: { limiter }, ...options });
}

const json = { 'content-type': 'application/json' };
const post = async ({ app }: TestGateway, url: string, more: object = {}) =>
  await app.inject({ method: 'POST', url, headers: json, payload: '{"name":"Ann"}', ...more });

describe('a limit', () => {
  test('says where its client stands, and refuses what is too much with 429 (LIMIT-01, LIMIT-02)', async () => {
    const made = await limited({ all: byKey(2), servers: new Map() });
    const answers = [await post(made, '/echo'), await post(made, '/greet'), await post(made, '/echo')];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-policy'])).toEqual(
      Array(3).fill('"all";q=2;w=60'),
    );
    expect(answers.map(({ headers }) => headers['ratelimit'])).toEqual([
      '"all";r=1;t=60',
      expect.stringMatching(/^"all";r=0;t=(?:60|59)$/),
      expect.stringMatching(/^"all";r=0;t=(?:60|59|58)$/),
    ]);
    const refused = answers[2];
    expect(refused?.headers['retry-after']).toMatch(/^(?:60|59|58)$/);
    expect(refused?.json()).toMatchObject({
      code: 'rate_limited',
      status: 429,
      detail: expect.stringContaining('2 in 60 s'),
    });
    expect(made.upstream.calls).toHaveLength(2);
  });

  test('of a tool comes before that of its server, and that before all (LIMIT-03, LIMIT-09)', async () => {
    const servers = new Map([['', { rateLimit: byKey(3), toolRateLimits: new Map([['echo', byKey(1)]]) }]]);
    const made = await limited({ all: byKey(100), servers });
    const first = await post(made, '/echo');
    expect(first.headers['ratelimit-policy']).toBe('"tool";q=1;w=60, "server";q=3;w=60, "all";q=100;w=60');
    expect(first.headers['ratelimit']).toBe('"tool";r=0;t=60, "server";r=2;t=60, "all";r=99;t=60');
    const second = await post(made, '/echo');
    expect([second.statusCode, second.headers['ratelimit']]).toEqual([
      429,
      expect.stringMatching(/^"tool";r=0;t=\d+$/),
    ]);
    // What the tool's refused did not count for the server.
    expect((await post(made, '/greet')).headers['ratelimit']).toMatch(
      /^"server";r=1;t=\d+, "all";r=98;t=\d+$/,
    );
    const text = (await made.app.inject({ url: '/metrics' })).body;
    const counted = parseExposition(text).get('mcpo_rate_limited_total')?.samples;
    expect(Object.fromEntries(counted?.map(({ labels, value }) => [labels['limit'], value]) ?? [])).toEqual({
      all: 0,
      server: 0,
      tool: 1,
    });
  });

  test('counts what is repeated or refused for its arguments too, and not what has no right to call (LIMIT-04)', async () => {
    const made = await limited({ all: byKey(3), servers: new Map() }, { apiKey: 'secret' });
    const headers = { ...json, authorization: 'Bearer secret', 'idempotency-key': 'k' };
    expect((await post(made, '/echo', { headers: { ...json, authorization: 'Bearer no' } })).statusCode).toBe(
      403,
    );
    await post(made, '/echo', { headers });
    const replayed = await post(made, '/echo', { headers });
    expect([replayed.headers['idempotency-replayed'], replayed.headers['ratelimit']]).toEqual([
      'true',
      expect.stringMatching(/r=1;/),
    ]);
    const refused = await post(made, '/greet', {
      headers: { ...json, authorization: 'Bearer secret' },
      payload: '{}',
    });
    expect([refused.statusCode, refused.headers['ratelimit']]).toEqual([422, expect.stringMatching(/r=0;/)]);
    // The key stays free for what was never sent.
    const tooMuch = await post(made, '/echo', { headers: { ...headers, 'idempotency-key': 'other' } });
    expect(tooMuch.statusCode).toBe(429);
    expect(made.upstream.calls).toHaveLength(1);
  });

  test.each([
    ['address', { kind: 'address' }, { remoteAddress: '10.0.0.1' }, { remoteAddress: '10.0.0.2' }],
    [
      'header',
      { kind: 'header', name: 'x-user' },
      { headers: { ...json, 'x-user': 'a' } },
      { headers: { ...json, 'x-user': 'b' } },
    ],
  ] as const)('tells clients by their %s apart (LIMIT-05)', async (_, by, one, other) => {
    const made = await limited({ all: { ...byKey(1), by }, servers: new Map() });
    const answers = [
      await post(made, '/echo', one),
      await post(made, '/echo', one),
      await post(made, '/echo', other),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 429, 200]);
  });

  test('begins anew when its time is over (LIMIT-01)', async () => {
    const made = await limited({ all: byKey(1, 1_000), servers: new Map() });
    await post(made, '/echo');
    const refused = await post(made, '/echo');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1']);
    await expect
      .poll(async () => (await post(made, '/echo')).statusCode, { timeout: 15_000, interval: 200 })
      .toBe(200);
  });

  test('of an event stream is in its head, or refuses it plainly (LIMIT-02)', async () => {
    const made = await limited({ all: byKey(1), servers: new Map() });
    const headers = { ...json, accept: 'text/event-stream' };
    const stream = await post(made, '/echo', { headers });
    expect([stream.headers['content-type'], stream.headers['ratelimit']]).toEqual([
      expect.stringContaining('text/event-stream'),
      '"all";r=0;t=60',
    ]);
    const refused = await post(made, '/echo', { headers });
    expect([refused.statusCode, refused.json()]).toEqual([
      429,
      expect.objectContaining({ code: 'rate_limited' }),
    ]);
  });

  test('looks as mcpo would say it with --compat mcpo (LIMIT-08)', async () => {
    const made = await limited({ all: byKey(1), servers: new Map() }, { profile: createMcpoProfile(plain) });
    await post(made, '/echo');
    const refused = await post(made, '/echo');
    expect([refused.statusCode, refused.headers['retry-after'] !== undefined, refused.json()]).toEqual([
      429,
      true,
      { detail: expect.stringContaining('1 in 60 s') },
    ]);
  });
});
