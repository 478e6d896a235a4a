import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';
import { startTokenIssuer, type TokenIssuer } from '../fixtures/token-issuer.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = Math.floor(Date.now() / 1_000);
const soon = seconds + 3_600;

/** Signed by HMAC, with a text that anybody can have. */
function forge(secret: string | Buffer, header: object = {}): string {
  const signed = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part({ sub: 'eve', aud: 'mcpo', exp: soon })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

async function makePair() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, pem: await exportSPKI(publicKey) };
}

async function sign(key: CryptoKey, sub = 'alice'): Promise<string> {
  return await new SignJWT({ sub, exp: soon }).setProtectedHeader({ alg: 'ES256' }).sign(key);
}

function saysAnyAudience(running: GatewayProcess): boolean {
  return running.logs().some(({ level, msg }) => level === 40 && msg.includes('add --jwt-audience'));
}

describe.skipIf(!isBuilt)('a gateway that gets bad tokens', { timeout: 90_000 }, () => {
  let folder: string;
  let issuer: TokenIssuer;
  let gateway: GatewayProcess | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mcpo-tokens-'));
    issuer = await startTokenIssuer();
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
    await issuer.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (...flags: string[]): Promise<GatewayProcess> => {
    gateway = await startGateway(undefined, { flags });
    return gateway;
  };
  const ofIssuer = (): string[] => ['--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience];
  const callWith = async (token: string): Promise<HttpAnswer> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return await send(gateway?.port ?? 0, '/get_current_time', { headers, body: '{"timezone":"UTC"}' });
  };

  test('refuses each in fixed words, logs none, and takes good ones all the while (AUTH-05, AUTH-06, AUTH-18)', async () => {
    const running = await start(...ofIssuer());
    const good = await issuer.sign();
    const [head = '', payload = '', signature = ''] = good.split('.');
    const jwk = JSON.stringify(issuer.publicKey);
    const bad: Readonly<Record<string, string>> = {
      'with the public key as a secret': forge(jwk),
      'with the public key as a secret, and its name': forge(jwk, { kid: 'key-1' }),
      'with a point of the public key as a secret': forge(Buffer.from(issuer.publicKey.x ?? '', 'base64url')),
      unsigned: `${part({ alg: 'none' })}.${payload}.`,
      'unsigned, with a signature': `${part({ alg: 'None', kid: 'key-1' })}.${payload}.${signature}`,
      'with a key of its own': `${part({ alg: 'ES256', jwk: issuer.publicKey })}.${payload}.AAAA`,
      'with a URL of keys': `${part({ alg: 'ES256', kid: 'x', jku: `${issuer.url}/keys` })}.${payload}.AAAA`,
      'for a logout': await issuer.sign({}, { typ: 'logout+jwt' }),
      'bound to a key': await issuer.sign({ cnf: { jkt: 'x' } }),
      'with a list of subjects for an end': await issuer.sign(JSON.parse('{"exp":["never"]}') as JWTPayload),
      'with another payload': `${head}.${part({ sub: 'eve', exp: soon })}.${signature}`,
      'cut off': good.slice(0, -8),
      'of three dots': '...',
      'of no JSON': `${Buffer.from('{"alg":').toString('base64url')}.${payload}.${signature}`,
      'nested deeply': `${Buffer.from('{"a":'.repeat(1_500)).toString('base64url')}.x.y`,
      encrypted: `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
      'as long as fits': `${head}.${'a'.repeat(12_000)}.${signature}`,
    };
    const names = Object.keys(bad);
    const answers = await Promise.all(names.map(async (name) => await callWith(bad[name] ?? '')));
    expect(answers.map(({ status }, at) => [names[at], status])).toEqual(names.map((name) => [name, 401]));
    for (const answer of answers) {
      expect(answer.json()).toMatchObject({ code: 'invalid_token' });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/);
      expect(answer.text).not.toMatch(/alice|eve|key-1|127\.0\.0\.1/);
    }
    expect((await callWith(good)).status).toBe(200);
    const refusals = (): number => running.logs().filter(({ msg }) => msg === 'refused').length;
    await expect.poll(refusals, { timeout: 10_000 }).toBe(names.length);
    for (const token of Object.values(bad).filter((text) => text.length > 20))
      expect(running.stderr).not.toContain(token);
  });

  test('takes nothing for a secret that is a public key in a file (AUTH-06)', async () => {
    const { privateKey, pem } = await makePair();
    const file = join(folder, 'key.pem');
    writeFileSync(file, pem);
    await start('--jwt-key-file', file);
    for (const secret of [pem, pem.trim(), `${pem}\n`, pem.replaceAll('\n', '')])
      expect((await callWith(forge(secret))).status).toBe(401);
    expect((await callWith(await sign(privateKey))).status).toBe(200);
  });

  test('says at the start that tokens for any audience are taken, where they are (AUTH-18)', async () => {
    const file = join(folder, 'key.pem');
    writeFileSync(file, (await makePair()).pem);
    const any = await start('--jwt-key-file', file);
    await expect.poll(() => saysAnyAudience(any), { timeout: 10_000 }).toBe(true);
    await any.stop();
    const some = await start('--jwt-key-file', file, '--jwt-audience', 'mcpo');
    expect((await callWith('x')).status).toBe(401);
    expect(saysAnyAudience(some)).toBe(false);
  });

  test('keeps the key of a file that breaks or goes, and follows one that is replaced (AUTH-04, AUTH-09)', async () => {
    const [old, fresh] = [await makePair(), await makePair()];
    const file = join(folder, 'key.pem');
    writeFileSync(file, old.pem);
    const running = await start('--jwt-key-file', file);
    const token = await sign(old.privateKey);
    expect((await callWith(token)).status).toBe(200);
    writeFileSync(file, '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
    const isSaid = (): boolean => running.logs().some(({ msg }) => msg.includes('the keys before stay'));
    await expect.poll(isSaid, { timeout: 30_000 }).toBe(true);
    expect((await callWith(await sign(old.privateKey, 'bob'))).status).toBe(200);
    rmSync(file);
    expect((await callWith(await sign(old.privateKey, 'cy'))).status).toBe(200);
    writeFileSync(file, fresh.pem);
    await expect
      .poll(async () => (await callWith(await sign(fresh.privateKey))).status, { timeout: 30_000 })
      .toBe(200);
    // What was remembered of it is forgotten with its key.
    expect((await callWith(token)).status).toBe(401);
  });

  test('waits for keys that come slowly (AUTH-08)', async () => {
    issuer.mode = 'slow';
    await start(...ofIssuer());
    expect((await callWith(await issuer.sign())).status).toBe(200);
  });

  test.each(['huge', 'no_json', 'no_keys', 'redirect_elsewhere', 'dripping'] as const)(
    'goes on with the keys that it has when the issuer answers anew with %s, and tells who has another (AUTH-08)',
    async (mode) => {
      await start(...ofIssuer());
      expect((await callWith(await issuer.sign())).status).toBe(200);
      issuer.mode = mode;
      const known = await issuer.sign({ sub: 'bob' });
      await issuer.rotate(false);
      const [unknown, still] = await Promise.all([callWith(await issuer.sign()), callWith(known)]);
      expect([unknown.status, Number(unknown.headers['retry-after']) > 0, still.status]).toEqual([
        503,
        true,
        200,
      ]);
    },
  );

  test('looks like mcpo where that is asked for, and takes tokens as it takes keys (COMPAT-29, AUTH-05)', async () => {
    const { port } = await start('--compat', 'mcpo', ...ofIssuer());
    const answer = await callWith(await issuer.sign());
    expect([answer.status, typeof answer.json()]).toEqual([200, 'object']);
    const expired = await callWith(await issuer.sign({ exp: 1 }));
    expect([expired.status, expired.json(), expired.headers['www-authenticate']]).toEqual([
      401,
      { detail: 'The token has expired; get a new one.' },
      expect.stringMatching(/^Bearer error="invalid_token"/),
    ]);
    const none = await send(port, '/get_current_time', {
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    issuer.mode = 'down';
    await issuer.rotate(false);
    const unknown = await callWith(await issuer.sign());
    expect([unknown.status, unknown.json()]).toEqual([
      503,
      { detail: expect.stringContaining('cannot be verified at the moment') as string },
    ]);
    const document = (await send(port, '/openapi.json', { method: 'GET' })).json();
    expect(document).toMatchObject({
      components: { securitySchemes: { HTTPBearer: { type: 'http', scheme: 'bearer' } } },
    });
  });
});
