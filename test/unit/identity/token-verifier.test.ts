import { createHmac, generateKeyPairSync } from 'node:crypto';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { FileKeys } from '../../../src/identity/file-keys.ts';
import { parseKeyFile, type ReadKeys } from '../../../src/identity/key-file.ts';
import { TokenVerifier } from '../../../src/identity/token-verifier.ts';
import type { TokenKeys } from '../../../src/identity/token-keys.ts';
import type { Verdict } from '../../../src/identity/verdict.ts';

const startSeconds = 1_800_000_000;
const { privateKey, publicKey } = await generateKeyPair('RS256');
const pem = await exportSPKI(publicKey);
const secret = 's'.repeat(64);

function keysOf(text: string, allowed?: readonly string[]): TokenKeys {
  const read = parseKeyFile(Buffer.from(text), allowed);
  if (read.kind === 'fault') throw new Error(read.says);
  return read.keys;
}

function verifierOf(keys: TokenKeys, nowSeconds = startSeconds) {
  const source = new FileKeys(keys);
  const clock = { seconds: nowSeconds };
  const verifier = new TokenVerifier({
    source,
    issuer: 'https://issuer.example',
    audiences: ['mcpo', 'other'],
    clockToleranceMs: 30_000,
    now: () => clock.seconds * 1_000,
  });
  return { verifier, source, clock };
}

async function sign(claims: object = {}, header: object = {}): Promise<string> {
  const all = {
    iss: 'https://issuer.example',
    aud: 'mcpo',
    sub: 'alice',
    exp: startSeconds + 600,
    ...claims,
  };
  return await new SignJWT(all).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey);
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const goodClaims = { iss: 'https://issuer.example', aud: 'mcpo', sub: 'alice', exp: startSeconds + 600 };

async function judge(token: string): Promise<Verdict> {
  return await verifierOf(keysOf(pem)).verifier.verify(token, token);
}

describe('a token', () => {
  test('that is good says who calls (AUTH-04)', async () => {
    const verdict = await judge(await sign({ scope: 'a b', scp: ['c'], email: 'a@example.com' }));
    expect(verdict).toMatchObject({ kind: 'known', identity: { kind: 'token', name: 'alice' } });
    expect(verdict.kind === 'known' && [...verdict.identity.scopes]).toEqual(['a', 'b', 'c']);
    expect(verdict.kind === 'known' && verdict.identity.claims['email']).toBe('a@example.com');
  });

  test.each([
    ['has expired', { exp: startSeconds - 31 }, /expired/],
    ['is not valid yet', { nbf: startSeconds + 31 }, /not valid yet/],
    ['is for another audience', { aud: 'elsewhere' }, /another audience/],
    ['is for nobody', { aud: undefined }, /another audience/],
    ['is from another issuer', { iss: 'https://issuer.example/' }, /another issuer/],
    ['never expires', { exp: undefined }, /when it expires/],
  ])('that %s is not accepted, and the caller is told so (AUTH-05)', async (_what, claims, detail) => {
    const verdict = await judge(await sign(claims));
    expect(verdict).toMatchObject({ kind: 'bad_token', detail: expect.stringMatching(detail) as string });
  });

  test.each([
    ['within the clock tolerance after its end', { exp: startSeconds - 29 }],
    ['within the clock tolerance before its beginning', { nbf: startSeconds + 29 }],
    ['for several audiences', { aud: ['x', 'other'] }],
  ])('%s is accepted (AUTH-05)', async (_what, claims) => {
    expect(await judge(await sign(claims))).toMatchObject({ kind: 'known' });
  });

  test.each([
    ['unsigned', `${part({ alg: 'none' })}.${part(goodClaims)}.`],
    ['unsigned, spelt otherwise', `${part({ alg: 'nOnE' })}.${part(goodClaims)}.`],
    ['signed with the public key as a secret', hmac(pem, 'HS256')],
    ['signed with the public key as a secret, trimmed', hmac(pem.trim(), 'HS256')],
    ['garbage', 'eyJ.x.y'],
    ['a header alone', `${part({ alg: 'RS256' })}..`],
    ['too long', `${part({ alg: 'RS256' })}.${'a'.repeat(100_000)}.b`],
  ])('that is %s is not accepted (AUTH-05, AUTH-06)', async (_what, token) => {
    expect(await judge(token)).toMatchObject({ kind: 'bad_token' });
  });

  test.each([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt', 'application/AT+JWT'])(
    'of the type %s is accepted (AUTH-18)',
    async (typ) => {
      expect(await judge(await sign({}, { typ }))).toMatchObject({ kind: 'known' });
    },
  );

  test.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'application/logout+jwt', '', 7])(
    'of the type %s is none to call with (AUTH-18)',
    async (typ) => {
      const verdict = await judge(await sign({}, { typ }));
      expect(verdict).toMatchObject({
        kind: 'bad_token',
        detail: expect.stringContaining('no access token') as string,
      });
    },
  );

  test.each([{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}])(
    'that is bound to a key of its sender (%j) is not accepted (AUTH-18)',
    async (cnf) => {
      const verdict = await judge(await sign({ cnf }));
      expect(verdict).toMatchObject({
        kind: 'bad_token',
        detail: expect.stringContaining('(cnf)') as string,
      });
    },
  );

  test('with another signature, a critical extension or an unencoded payload is not accepted (AUTH-05)', async () => {
    const token = await sign();
    const other = await sign({ sub: 'bob' });
    const mixed = `${other.split('.').slice(0, 2).join('.')}.${token.split('.')[2]}`;
    expect(await judge(mixed)).toMatchObject({ detail: expect.stringContaining('signature') as string });
    const head = part({ alg: 'RS256', crit: ['x'], x: 1 });
    expect(await judge(`${head}.${token.split('.')[1]}.AAAA`)).toMatchObject({ kind: 'bad_token' });
    const unencoded = part({ alg: 'RS256', crit: ['b64'], b64: false });
    expect(await judge(`${unencoded}.${token.split('.')[1]}.AAAA`)).toMatchObject({ kind: 'bad_token' });
  });

  test('is told nothing of the keys, the settings or itself when it is refused (AUTH-05)', async () => {
    const token = await sign({ aud: 'private-app' });
    expect(JSON.stringify(await judge(token))).not.toMatch(/private-app|mcpo|issuer\.example|alice/);
  });

  test('of a secret is accepted with that secret alone (AUTH-06)', async () => {
    const { verifier } = verifierOf(keysOf(`${secret}\n`));
    expect(await verifier.verify(hmac(secret, 'HS512'), 'a')).toMatchObject({ kind: 'known' });
    expect(await verifier.verify(hmac(`${secret}x`, 'HS512'), 'b')).toMatchObject({ kind: 'bad_token' });
    expect(await verifier.verify(await sign(), 'c')).toMatchObject({ kind: 'bad_token' });
  });

  test('that was good is remembered until it expires, or the keys are replaced (AUTH-09)', async () => {
    const { verifier, source, clock } = verifierOf(keysOf(pem));
    const token = await sign();
    const verdict = await verifier.verify(token, 'digest');
    expect(verifier.recall('digest')).toBe(verdict);
    clock.seconds += 629;
    expect(verifier.recall('digest')).toBe(verdict);
    clock.seconds += 1;
    expect(verifier.recall('digest')).toBeUndefined();
    clock.seconds = startSeconds;
    await verifier.verify(token, 'digest');
    expect(verifier.recall('digest')).toBeDefined();
    source.replace(keysOf(secret));
    expect(verifier.recall('digest')).toBeUndefined();
    expect(await verifier.verify(token, 'digest')).toMatchObject({ kind: 'bad_token' });
  });
});

describe('a key file', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const der = small.publicKey.export({ format: 'der', type: 'spki' });
  const ofPrivate = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  test.each([
    ['nothing', '', /empty/],
    ['a short secret', 'short', /32 or more/],
    ['a private key', ofPrivate.privateKey.export({ format: 'pem', type: 'pkcs8' }), /private key/],
    ['a private JWK', JSON.stringify(ofPrivate.privateKey.export({ format: 'jwk' })), /private key/],
    ['a weak RSA key', small.publicKey.export({ format: 'pem', type: 'spki' }), /1024 bits/],
    ['a public key in base64 without its frame', der.toString('base64'), /write it as PEM/],
    ['an SSH key', `ssh-rsa ${'A'.repeat(100)}`, /write it as PEM/],
    ['broken JSON', '{', /is none/],
    ['other JSON', '{"a":1}', /neither/],
    [
      'a secret among keys',
      JSON.stringify({ keys: [ofPrivate.publicKey.export({ format: 'jwk' }), { kty: 'oct', k: 'aaaa' }] }),
      /alone/,
    ],
    [
      'a broken PEM',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      /cannot be read|can be read/,
    ],
  ])('with %s is refused (AUTH-06)', (_what, content, says) => {
    const read = parseKeyFile(Buffer.from(content), undefined);
    expect(read).toMatchObject({ kind: 'fault', says: expect.stringMatching(says) as string });
  });

  test('allows the algorithms of its keys, less those that were not asked for (AUTH-06)', () => {
    const ec = String(ofPrivate.publicKey.export({ format: 'pem', type: 'spki' }));
    expect(algorithms(parseKeyFile(Buffer.from(ec), undefined))).toEqual(['ES256']);
    expect(algorithms(parseKeyFile(Buffer.from(pem), ['PS256', 'HS256']))).toEqual(['PS256']);
    expect(algorithms(parseKeyFile(Buffer.from(pem), ['HS256']))).toMatch(
      /none of which --jwt-algorithms allows/,
    );
    expect(algorithms(parseKeyFile(Buffer.from('s'.repeat(48)), undefined))).toEqual(['HS256', 'HS384']);
  });
});

function hmac(key: string, alg: 'HS256' | 'HS512'): string {
  const signed = `${part({ alg })}.${part(goodClaims)}`;
  const digest = createHmac(alg === 'HS256' ? 'sha256' : 'sha512', key)
    .update(signed)
    .digest('base64url');
  return `${signed}.${digest}`;
}

function algorithms(read: ReadKeys): readonly string[] | string {
  return read.kind === 'keys' ? read.keys.algorithms : read.says;
}
