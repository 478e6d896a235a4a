import { describe, expect, test } from 'vitest';
import { parseClaim } from '../../../../src/json/claim.ts';
import { createSessionKeyReader } from '../../../../src/upstream/users/session-key.ts';
import type { UserTrait } from '../../../../src/upstream/users/user-trait.ts';
import type { CallOrigin, ProvenCaller, RequestHeaders } from '../../../../src/upstream/upstream.ts';

const byHeader = { key: { kind: 'header', name: 'x-user-id' } } as const;
const byCredential = { key: { kind: 'credential' } } as const;

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

function keysOf(
  read: ReturnType<typeof createSessionKeyReader>,
  ...requests: readonly RequestHeaders[]
): readonly string[] {
  return requests.map((headers) => {
    const found = read({ headers });
    return found.kind === 'key' ? found.key : `needs ${found.needs}`;
  });
}

const claim = (text: string): UserTrait => ({
  kind: 'claim',
  claim: parseClaim(text) ?? { text: 'none', path: ['none'] },
});
const token = (claims: Record<string, unknown>, more: Partial<ProvenCaller> = {}): CallOrigin => ({
  headers: {},
  identity: { kind: 'token', name: String(claims['sub']), claims, ...more },
});
const readAll = (key: UserTrait, origins: readonly CallOrigin[], templates: readonly UserTrait[] = []) => {
  const read = createSessionKeyReader({ key }, templates);
  return origins.map((origin) => {
    const found = read(origin);
    return found.kind === 'key' ? found.key : `needs ${found.needs}`;
  });
};

describe('the key of a session', () => {
  test('is told by a header: equal values are one user, others another (SESS-01)', () => {
    const read = createSessionKeyReader(byHeader);
    const [ada, again, bob] = keysOf(
      read,
      { 'x-user-id': 'ada', 'x-team': 'a' },
      { 'x-user-id': ' ada' },
      { 'x-user-id': 'bob' },
    );
    expect(again).toBe(ada);
    expect(bob).not.toBe(ada);
  });

  test('is told by the credential: a token, or user and password together (SESS-01)', () => {
    const read = createSessionKeyReader(byCredential);
    const requests = ['Bearer one', 'Bearer two', basic('ada:key'), basic('bob:key'), basic('ada:other')];
    const keys = keysOf(read, ...requests.map((authorization) => ({ authorization })));
    expect(new Set(keys).size).toBe(5);
    expect(keysOf(read, { authorization: 'bearer   one' })).toEqual([keys[0]]);
  });

  test('says nothing of the user, and is another one after each start (SESS-10)', () => {
    const headers = { 'x-user-id': 'ada' };
    const [one] = keysOf(createSessionKeyReader(byHeader), headers);
    const [other] = keysOf(createSessionKeyReader(byHeader), headers);
    expect(one).toMatch(/^[\da-f]{64}$/);
    expect(other).not.toBe(one);
  });

  test('is missing without the header, with several values, and with a very long one (SESS-02)', () => {
    const read = createSessionKeyReader(byHeader);
    const requests = [
      {},
      { 'x-user-id': '' },
      { 'x-user-id': 'ada, bob' },
      { 'x-user-id': ['ada', 'bob'] },
      { 'x-user-id': 'a'.repeat(257) },
    ];
    expect(keysOf(read, ...requests)).toEqual([
      'needs the header x-user-id',
      'needs the header x-user-id',
      'needs the header x-user-id once, with one value',
      'needs the header x-user-id once, with one value',
      'needs the header x-user-id with at most 256 characters',
    ]);
    expect(read({ headers: undefined })).toEqual({ kind: 'missing', needs: 'the header x-user-id' });
    expect(read({ headers: { 'x-user-id': 'a'.repeat(256) } }).kind).toBe('key');
  });

  test('is missing without a credential that can be read (SESS-02)', () => {
    const read = createSessionKeyReader(byCredential);
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Digest a="b"', 'token']) {
      expect(read({ headers: { authorization } })).toMatchObject({
        kind: 'missing',
        needs: expect.stringContaining('credentials') as string,
      });
    }
  });

  test('is another one when a header that the server is started with has another value (SESS-09)', () => {
    const read = createSessionKeyReader(byHeader, [{ kind: 'header', name: 'x-token' }]);
    const [old, changed, without, again] = keysOf(
      read,
      { 'x-user-id': 'ada', 'x-token': '1' },
      { 'x-user-id': 'ada', 'x-token': '2' },
      { 'x-user-id': 'ada' },
      { 'x-user-id': 'ada', 'x-token': '1', 'x-other': 'o' },
    );
    expect(new Set([old, changed, without]).size).toBe(3);
    expect(again).toBe(old);
  });
});

describe('the key of a session, by what is proven of the caller', () => {
  test('is told by a claim, at any depth (SESS-12)', () => {
    const [ada, again, bob] = readAll(claim('realm.user'), [
      token({ sub: '1', realm: { user: 'ada' } }),
      token({ sub: '2', realm: { user: 'ada' } }),
      token({ sub: '1', realm: { user: 'bob' } }),
    ]);
    expect(again).toBe(ada);
    expect(bob).not.toBe(ada);
    expect(ada).toMatch(/^[\da-f]{64}$/);
  });

  test('is another for the same claim from another issuer, proxy or kind, and for 5 and "5" (SESS-12)', () => {
    const by = { kind: 'api-key', name: 'webui', claims: {} };
    const keys = readAll(claim('sub'), [
      token({ sub: '5', iss: 'a' }),
      token({ sub: '5', iss: 'b' }),
      token({ sub: 5, iss: 'a' }),
      token({ sub: '5' }, { kind: 'forwarded' }),
      token({ sub: '5' }, { kind: 'forwarded', by }),
      token({ sub: '5' }, { kind: 'forwarded', by: { ...by, name: 'other' } }),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('is missing without the claim, and where it is nothing that tells users apart (SESS-12)', () => {
    const unusable = [['a'], { a: 1 }, 2 ** 53, 'a\nb', ' a', '\u{85}', '\ud800', 'a'.repeat(257)];
    const needs = readAll(claim('sub'), [
      { headers: {} },
      token({}),
      token({ sub: null }),
      token({ sub: '' }),
      token({}, { kind: 'forwarded' }),
      ...unusable.map((sub) => token({ sub })),
    ]);
    expect(needs.slice(0, 5)).toEqual([
      "needs a token, or through a trusted proxy a user, with a claim 'sub', which is missing",
      ...Array.from({ length: 3 }, () => "needs a token with a claim 'sub', which is missing"),
      "needs through the proxy a user with a claim 'sub', which is missing",
    ]);
    for (const need of needs.slice(5)) expect(need).toMatch(/^needs a token with a claim 'sub'/);
    expect(readAll(claim('sub'), [token({ sub: false }), token({ sub: 0 })])).toEqual([
      expect.stringMatching(/^[\da-f]{64}$/),
      expect.stringMatching(/^[\da-f]{64}$/),
    ]);
  });

  test('is told by the name of the API key, also of the one that a proxy came with (SESS-12)', () => {
    const keys = readAll({ kind: 'key' }, [
      token({}, { kind: 'api-key', keyName: 'one' }),
      token({}, { kind: 'api-key', keyName: 'two' }),
      token({ sub: 'ada' }),
      { headers: {} },
    ]);
    expect(new Set(keys.slice(0, 2)).size).toBe(2);
    expect(keys.slice(2)).toEqual(Array.from({ length: 2 }, () => 'needs an API key that has a name'));
  });

  test('is another one when a claim that the server is started with changes, and none when it cannot be used (SESS-09, SESS-13)', () => {
    const [old, changed, without, again, unusable] = readAll(
      claim('sub'),
      [
        token({ sub: 'ada', email: 'a@x' }),
        token({ sub: 'ada', email: 'b@x' }),
        token({ sub: 'ada' }),
        token({ sub: 'ada', email: 'a@x', other: 1 }),
        token({ sub: 'ada', email: 'a\nb' }),
      ],
      [claim('email')],
    );
    expect(new Set([old, changed, without]).size).toBe(3);
    expect(again).toBe(old);
    expect(unusable).toContain("a token with a claim 'email' that holds no line breaks");
  });
});
