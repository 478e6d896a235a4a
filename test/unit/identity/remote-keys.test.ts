import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { pairAlgorithms } from '../../../src/identity/token-algorithms.ts';
import type { FetchJson } from '../../../src/identity/fetch-json.ts';
import { RemoteKeys } from '../../../src/identity/remote-keys.ts';
import { TokenVerifier } from '../../../src/identity/token-verifier.ts';
import { createManualClock } from '../../fixtures/manual-clock.ts';
import { createRecordingLogger } from '../../fixtures/recording-logger.ts';

const nowMs = 1_800_000_000_000;

async function makeKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256' };
  const sign = async (sub = 'alice', header: object = {}): Promise<string> =>
    await new SignJWT({ sub, exp: nowMs / 1_000 + 600 })
      .setProtectedHeader({ alg: 'ES256', kid, ...header })
      .sign(privateKey);
  return { jwk, sign };
}

function createWorld(first: unknown) {
  const clock = createManualClock();
  const logger = createRecordingLogger();
  const world = { answer: first, requests: 0 };
  const fetchJson: FetchJson = async () => {
    world.requests += 1;
    await Promise.resolve();
    if (world.answer instanceof Error) throw world.answer;
    return world.answer;
  };
  const source = new RemoteKeys({
    from: { kind: 'url', url: 'https://issuer.example/keys' },
    allowsHttp: false,
    algorithms: pairAlgorithms,
    clock,
    logger,
    fetchJson,
  });
  const verifier = new TokenVerifier({
    source,
    audiences: [],
    clockToleranceMs: 0,
    now: () => nowMs,
  });
  const judge = async (token: string) => await verifier.verify(token, token);
  return { world, clock, logger, source, verifier, judge };
}

describe('the keys of an issuer', () => {
  test('are not asked for again for a token that was tried with those from before (AUTH-07)', async () => {
    const [old, fresh] = [await makeKey('old'), await makeKey('fresh')];
    const { world, source } = createWorld({ keys: [old.jwk] });
    await source.settled();
    const before = source.current;
    if (before === undefined) throw new Error('no keys');
    world.answer = { keys: [old.jwk, fresh.jwk] };
    expect(await source.renew(before)).toBe('replaced');
    expect(await source.renew(before)).toBe('replaced');
    expect(world.requests).toBe(2);
    const now = source.current;
    expect(now).not.toBe(before);
    expect(await source.renew(now ?? before)).toBe('same');
    expect(world.requests).toBe(3);
  });

  test('are tried one after the other for a token that names none, up to eight (AUTH-07)', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, async (_, at) => await makeKey(`k${at}`)));
    const { judge } = createWorld({ keys: keys.map(({ jwk }) => jwk) });
    const signed = await Promise.all(
      keys.map(async ({ sign }, at) => await sign(`user-${at}`, { kid: undefined })),
    );
    const verdicts = await Promise.all(signed.map(judge));
    expect(verdicts.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 8 }, () => 'known'),
      'bad_token',
      'bad_token',
    ]);
    expect(verdicts[9]).toMatchObject({
      detail: expect.stringContaining('does not name its key (kid)') as string,
    });
    expect(await judge((await keys[9]?.sign('named')) ?? '')).toMatchObject({ kind: 'known' });
  });

  test('of another algorithm, type or use are none that would do (AUTH-07)', async () => {
    const key = await makeKey('key');
    const others: JWK[] = Array.from({ length: 20 }, (_, at) => ({ ...key.jwk, kid: `o${at}`, use: 'enc' }));
    const more: JWK[] = Array.from({ length: 20 }, (_, at) => ({
      kty: 'RSA',
      n: 'AQAB',
      e: 'AQAB',
      kid: `r${at}`,
    }));
    const { judge } = createWorld({ keys: [...others, ...more, key.jwk] });
    expect(await judge(await key.sign('alice', { kid: undefined }))).toMatchObject({ kind: 'known' });
  });

  test('are fetched once for many tokens of a new key, and none of these is refused (AUTH-07)', async () => {
    const [old, fresh] = [await makeKey('old'), await makeKey('fresh')];
    const { world, judge } = createWorld({ keys: [old.jwk] });
    expect(await judge(await old.sign())).toMatchObject({ kind: 'known' });
    world.answer = { keys: [old.jwk, fresh.jwk] };
    const tokens = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => await fresh.sign(`user-${at}`)),
    );
    const verdicts = await Promise.all(tokens.map(judge));
    expect(verdicts.filter(({ kind }) => kind !== 'known')).toEqual([]);
    expect(world.requests).toBe(2);
  });

  test('are asked for at a bounded rate, whatever unknown keys tokens name (AUTH-07)', async () => {
    const [known, stranger] = [await makeKey('known'), await makeKey('stranger')];
    const { world, clock, judge } = createWorld({ keys: [known.jwk] });
    for (let at = 0; at < 20; at += 1) {
      expect(await judge(await stranger.sign('eve', { kid: `k${at}` }))).toMatchObject({ kind: 'bad_token' });
    }
    expect(world.requests).toBe(1 + 3);
    clock.advance(10_000);
    await judge(await stranger.sign('eve', { kid: 'later' }));
    await judge(await stranger.sign('eve', { kid: 'later still' }));
    expect(world.requests).toBe(1 + 3 + 1);
    expect(await judge(await known.sign())).toMatchObject({ kind: 'known' });
  });

  test('stay while the issuer is down, and only unknown ones are undecided (AUTH-08)', async () => {
    const [known, fresh] = [await makeKey('known'), await makeKey('fresh')];
    const { world, clock, logger, source, judge } = createWorld({ keys: [known.jwk] });
    await source.settled();
    world.answer = new Error('https://issuer.example cannot be reached');
    expect(await judge(await fresh.sign())).toMatchObject({ kind: 'unverifiable' });
    expect(await judge(await known.sign())).toMatchObject({ kind: 'known' });
    expect(source.state).toEqual({ kind: 'ready', problem: 'https://issuer.example cannot be reached' });
    world.answer = { keys: [known.jwk, fresh.jwk] };
    clock.advance(1_000);
    await source.settled();
    expect(await judge(await fresh.sign())).toMatchObject({ kind: 'known' });
    expect(source.state).toEqual({ kind: 'ready' });
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('that were never had leave tokens undecided until they come (AUTH-08)', async () => {
    const key = await makeKey('key');
    const { world, clock, source, judge } = createWorld(new Error('no'));
    expect(await judge(await key.sign())).toMatchObject({ kind: 'unverifiable', retryAfterMs: 1_000 });
    expect(source.state).toEqual({ kind: 'no_keys', problem: 'no' });
    // Longer and longer between attempts, of which calls make none.
    for (const ms of [1_000, 2_000, 4_000]) {
      clock.advance(ms);
      await source.settled();
    }
    await judge(await key.sign('somebody'));
    expect(world.requests).toBe(4);
    world.answer = { keys: [key.jwk] };
    clock.advance(8_000);
    expect(await judge(await key.sign())).toMatchObject({ kind: 'known' });
  });

  test('that were withdrawn open nothing any longer, remembered tokens included (AUTH-09)', async () => {
    const [old, fresh] = [await makeKey('old'), await makeKey('fresh')];
    const { world, clock, source, verifier, judge } = createWorld({ keys: [old.jwk, fresh.jwk] });
    const token = await old.sign();
    await judge(token);
    expect(verifier.recall(token)).toBeDefined();
    world.answer = { keys: [fresh.jwk] };
    clock.advance(300_000);
    await source.settled();
    expect(verifier.recall(token)).toBeUndefined();
    expect(await judge(token)).toMatchObject({ kind: 'bad_token' });
  });

  test('are tried one after the other for a token that names none (AUTH-07)', async () => {
    const [a, b] = [await makeKey('a'), await makeKey('b')];
    const { judge } = createWorld({ keys: [a.jwk, b.jwk] });
    expect(await judge(await b.sign('bob', { kid: undefined }))).toMatchObject({ kind: 'known' });
    const stranger = await makeKey('c');
    expect(await judge(await stranger.sign('eve', { kid: undefined }))).toMatchObject({ kind: 'bad_token' });
  });

  test.each([
    ['no object', 'text'],
    ['no list', { keys: {} }],
    ['a secret', { keys: [{ kty: 'oct', k: 'AAAA', kid: 'x' }] }],
    ['a private key', { keys: [{ kty: 'EC', d: 'AAAA', kid: 'x' }] }],
    ['too many', { keys: Array.from({ length: 201 }, () => ({ kty: 'RSA' })) }],
  ])('are not taken from %s (AUTH-08)', async (_what, answer) => {
    const { source } = createWorld(answer);
    await source.settled();
    expect(source.state).toMatchObject({ kind: 'no_keys' });
  });
});

const fetchJson: FetchJson = async (_url, { signal }) =>
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late'))));

test('an issuer that does not answer is given up on after 5 s (AUTH-08)', async () => {
  const clock = createManualClock();
  const source = new RemoteKeys({
    from: { kind: 'url', url: 'https://issuer.example/keys' },
    allowsHttp: false,
    algorithms: pairAlgorithms,
    clock,
    logger: createRecordingLogger(),
    fetchJson,
  });
  clock.advance(4_999);
  expect(source.state).toEqual({ kind: 'no_keys', problem: 'the keys are being fetched' });
  clock.advance(1);
  await source.settled();
  expect(source.state).toEqual({ kind: 'no_keys', problem: 'late' });
  source.close();
  expect(clock.timers).toBe(0);
});
