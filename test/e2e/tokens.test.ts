import { Agent } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { startTokenIssuer, type TokenIssuer } from '../fixtures/token-issuer.ts';

const call = { body: JSON.stringify({ timezone: 'UTC' }) };

describe.skipIf(!isBuilt)('a gateway that takes tokens', { timeout: 90_000 }, () => {
  let issuer: TokenIssuer;
  let gateway: GatewayProcess | undefined;

  beforeEach(async () => {
    issuer = await startTokenIssuer();
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
    await issuer.close();
  });

  const start = async (...flags: string[]): Promise<GatewayProcess> => {
    const own = ['--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience, ...flags];
    gateway = await startGateway(undefined, { flags: own });
    return gateway;
  };
  const callWith = async (token: string, agent?: Agent) => {
    const { port } = gateway ?? { port: 0 };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return await send(port, '/get_current_time', { ...call, headers, ...(agent && { agent }) });
  };

  test('lets in who has a good one, and tells the others why not (AUTH-04, AUTH-05)', async () => {
    const running = await start();
    const { port } = running;
    const seconds = Math.floor(Date.now() / 1_000);
    const good = await issuer.sign();
    expect((await callWith(good)).status).toBe(200);
    // The second time it is known, and takes the short way.
    expect((await callWith(good)).status).toBe(200);
    const callers = () => running.logs().flatMap(({ msg, caller }) => (msg === 'call' ? [caller] : []));
    await expect.poll(callers, { timeout: 10_000 }).toEqual(['alice', 'alice']);
    const bad: readonly (readonly [string, RegExp])[] = [
      [await issuer.sign({ exp: seconds - 3_600 }), /expired/],
      [await issuer.sign({ nbf: seconds + 3_600 }), /not valid yet/],
      [await issuer.sign({ aud: 'another' }), /another audience/],
      [await issuer.sign({ iss: 'https://evil.example' }), /another issuer/],
      [`${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`, /algorithm/],
      ['garbage', /cannot be read/],
    ];
    for (const [token, detail] of bad) {
      const answer = await callWith(token);
      expect(answer.status).toBe(401);
      expect(answer.json()).toMatchObject({
        code: 'invalid_token',
        detail: expect.stringMatching(detail) as string,
      });
      expect(answer.headers['www-authenticate']).toMatch(
        /^Bearer error="invalid_token", error_description="[^"\\]+"$/,
      );
    }
    const missing = await send(port, '/get_current_time', {
      ...call,
      headers: { 'content-type': 'application/json' },
    });
    expect([missing.status, missing.headers['www-authenticate']]).toEqual([
      401,
      'Bearer, Basic realm="mcpo", charset="UTF-8"',
    ]);
    // 100 kB do not even fit into the headers that are read.
    expect((await callWith(`eyJ${'a'.repeat(100_000)}.b.c`)).status).toBe(431);
    const refusals = () => running.logs().filter(({ msg }) => msg === 'refused').length;
    await expect.poll(refusals, { timeout: 10_000 }).toBe(7);
    expect(gateway?.stderr).not.toContain(good.split('.')[2]);
  });

  test('says so in its document (AUTH-12)', async () => {
    const { port } = await start('--api-key', 'secret');
    const { security, components } = (await send(port, '/openapi.json', { method: 'GET' })).json() as {
      security: unknown;
      components: { securitySchemes: Record<string, object> };
    };
    expect(security).toEqual([{ bearer: [] }, { basic: [] }, { token: [] }, { openIdConnect: [] }]);
    expect(components.securitySchemes['token']).toMatchObject({ scheme: 'bearer', bearerFormat: 'JWT' });
    const openIdConnectUrl = `${issuer.url}/.well-known/openid-configuration`;
    expect(components.securitySchemes['openIdConnect']).toMatchObject({ openIdConnectUrl });
    expect((await callWith('secret')).status).toBe(200);
    expect((await callWith('wrong')).status).toBe(403);
  });

  test('shows its pages to who has one, under strict authentication (AUTH-02, AUTH-10)', async () => {
    const { port } = await start('--strict-auth');
    const get = async (path: string, authorization?: string) =>
      await send(port, path, {
        method: 'GET',
        headers: authorization === undefined ? {} : { authorization },
      });
    const token = await issuer.sign();
    const basic = `Basic ${Buffer.from(`me:${token}`).toString('base64')}`;
    expect((await get('/docs')).status).toBe(401);
    expect((await get('/docs', basic)).status).toBe(200);
    expect((await get('/openapi.json', `Bearer ${token}`)).status).toBe(200);
    expect((await get('/readyz')).json()).toEqual({ status: 'ready' });
    expect((await get('/readyz', `Bearer ${token}`)).json()).toMatchObject({ tokens: { state: 'ready' } });
    const expired = await issuer.sign({ exp: 1 });
    expect((await get('/docs', `Bearer ${expired}`)).status).toBe(401);
    expect((await get('/healthz', `Bearer ${expired}`)).status).toBe(200);
  });

  test('loses no call while the issuer rotates its keys, and asks it once (AUTH-07)', async () => {
    await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    expect((await callWith(await issuer.sign(), agent)).status).toBe(200);
    const before = issuer.keyRequests;
    const statuses: number[] = [];
    const work = async (worker: number): Promise<void> => {
      for (let at = 0; at < 20; at += 1) {
        if (worker === 0 && at === 5) await issuer.rotate(true);
        statuses.push((await callWith(await issuer.sign({ sub: `user-${worker}-${at}` }), agent)).status);
      }
    };
    await Promise.all(Array.from({ length: 16 }, async (_, worker) => await work(worker)));
    agent.destroy();
    expect(statuses).toHaveLength(320);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(issuer.keyRequests).toBe(before + 1);
  });

  test.each(['down', 'silent', 'dripping', 'huge', 'no_json', 'no_keys', 'redirect_elsewhere'] as const)(
    'starts when the issuer is %s, answers 503 and says why, until the keys are there (AUTH-08)',
    async (mode) => {
      issuer.mode = mode;
      const running = await start();
      const { port } = running;
      const answer = await callWith(await issuer.sign());
      expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([503, true]);
      expect(answer.json()).toMatchObject({ code: 'issuer_unavailable' });
      const ready = await send(port, '/readyz', { method: 'GET' });
      expect(ready.status).toBe(503);
      expect(ready.json()).toMatchObject({ status: 'not_ready', tokens: { state: 'no_keys' } });
      const isSaid = () =>
        running.logs().some(({ msg }) => msg.includes('the keys of tokens cannot be fetched'));
      await expect.poll(isSaid, { timeout: 10_000 }).toBe(true);
      issuer.mode = 'fine';
      await expect
        .poll(async () => (await callWith(await issuer.sign())).status, { timeout: 60_000, interval: 200 })
        .toBe(200);
      expect((await send(port, '/readyz', { method: 'GET' })).status).toBe(200);
    },
  );

  test('goes on with the keys that it has while the issuer is down (AUTH-08)', async () => {
    await start();
    expect((await callWith(await issuer.sign())).status).toBe(200);
    issuer.mode = 'down';
    expect((await callWith(await issuer.sign({ sub: 'bob' }))).status).toBe(200);
    await issuer.rotate(false);
    expect((await callWith(await issuer.sign())).status).toBe(503);
  });
});

describe.skipIf(!isBuilt)('a command line about tokens', () => {
  test.each([
    [['--jwt-issuer', 'https://a.example'], /--jwt-audience/],
    [['--jwt-issuer', 'http://a.example', '--jwt-audience', 'x'], /plain HTTP/],
    [['--jwt-issuer', 'https://a:secret@b.example', '--jwt-audience', 'x'], /password/],
    [['--jwt-jwks-url', 'nothing', '--jwt-audience', 'x'], /is no URL/],
    [['--jwt-audience', 'x'], /add --jwt-issuer/],
    [['--jwt-algorithms', 'none'], /is no signature that can be accepted/],
    [
      ['--jwt-issuer', 'https://a.example', '--jwt-audience', 'x', '--jwt-algorithms', 'HS256'],
      /need a secret/,
    ],
    [
      ['--jwt-jwks-url', 'https://a.example', '--jwt-key-file', 'x', '--jwt-audience', 'x'],
      /exclude each other/,
    ],
    [['--jwt-key-file', '/nowhere'], /cannot be read \(ENOENT\)/],
    [['--strict-auth'], /--api-key/],
  ])('%j is refused before anything starts (AUTH-06, AUTH-11)', (words, says) => {
    const { code, stderr } = runServe(words);
    expect([code, stderr.includes('secret@')]).toEqual([2, false]);
    expect(stderr).toMatch(says);
  });
});
