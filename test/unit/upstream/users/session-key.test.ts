import { describe, expect, test } from 'vitest';
import { createSessionKeyReader } from '../../../../src/upstream/users/session-key.ts';
import type { RequestHeaders } from '../../../../src/upstream/upstream.ts';

const byHeader = { key: { kind: 'header', name: 'x-user-id' } } as const;
const byCredential = { key: { kind: 'credential' } } as const;

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

function keysOf(
  read: ReturnType<typeof createSessionKeyReader>,
  ...requests: readonly RequestHeaders[]
): readonly string[] {
  return requests.map((headers) => {
    const found = read(headers);
    return found.kind === 'key' ? found.key : `needs ${found.needs}`;
  });
}

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
    expect(read(undefined)).toEqual({ kind: 'missing', needs: 'the header x-user-id' });
    expect(read({ 'x-user-id': 'a'.repeat(256) }).kind).toBe('key');
  });

  test('is missing without a credential that can be read (SESS-02)', () => {
    const read = createSessionKeyReader(byCredential);
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Digest a="b"', 'token']) {
      expect(read({ authorization })).toMatchObject({
        kind: 'missing',
        needs: expect.stringContaining('credentials') as string,
      });
    }
  });

  test('is another one when a header that the server is started with has another value (SESS-09)', () => {
    const read = createSessionKeyReader(byHeader, ['x-token']);
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
