import { describe, expect, test } from 'vitest';
import type { Identity } from '../../../src/identity/identity.ts';
import { clientKeyOf, networkOf } from '../../../src/limits/client-key.ts';
import { parseQuota, parseRateLimitBy, toQuota, toRateLimitBy } from '../../../src/limits/rate-limit.ts';

const keyOf = (claims: Record<string, unknown>, by?: Identity): string =>
  clientKeyOf(parseRateLimitBy('claim:realm.tenant'), {
    identity: { kind: 'token', name: 'ada', scopes: new Set(), claims, ...(by && { by }) },
    headers: {},
    address: () => '192.0.2.1',
  });

describe('a quota', () => {
  test.each([
    ['100/min', 100, 60_000],
    ['5/10s', 5, 10_000],
    [' 1 / 2h ', 1, 7_200_000],
    ['7/day', 7, 86_400_000],
  ])('%s is read', (text, max, windowMs) => {
    expect(parseQuota(text)).toEqual({ max, windowMs });
  });

  test.each(['', 'x', '5', '5/', '5/parsec', '0/min', '5/0s', '5/2d', '-1/s', '99999999999/s'])(
    '%j is none, and the message says why',
    (text) => {
      expect(toQuota(text)).toEqual({ says: expect.any(String) });
      expect(() => parseQuota(text)).toThrow(`'${text}'`);
    },
  );
});

describe('what tells clients apart', () => {
  test('is the key, the address, a claim or a header', () => {
    expect(parseRateLimitBy('key')).toEqual({ kind: 'key' });
    expect(parseRateLimitBy('address')).toEqual({ kind: 'address' });
    expect(parseRateLimitBy('claim:sub')).toEqual({
      kind: 'claim',
      claim: { text: 'sub', path: ['sub'] },
    });
    expect(parseRateLimitBy('header:X-User')).toEqual({ kind: 'header', name: 'x-user' });
  });

  test.each(['', 'claim:', 'claim:a..b', 'header:a b', 'cookie:x'])('is not %j', (text) => {
    expect(toRateLimitBy(text)).toBeUndefined();
    expect(() => parseRateLimitBy(text)).toThrow('tells no clients apart');
  });

  test('by a claim is at any depth, and by their credentials without it (LIMIT-05)', () => {
    const one = keyOf({ sub: 'ada', realm: { tenant: 'one' } });
    expect(keyOf({ sub: 'bob', realm: { tenant: 'one' } })).toBe(one);
    expect(keyOf({ sub: 'ada', realm: { tenant: 'two' } })).not.toBe(one);
    expect(keyOf({ sub: 'ada', 'realm.tenant': 'one' })).not.toBe(one);
    const without = keyOf({ sub: 'ada' });
    expect(keyOf({ sub: 'ada', realm: { tenant: ['one'] } })).toBe(without);
    expect(keyOf({ sub: 'bob' })).not.toBe(without);
    const proxy: Identity = { kind: 'api-key', name: 'webui', scopes: new Set(), claims: {} };
    const ofProxy = keyOf({ sub: 'ada' }, proxy);
    expect(keyOf({ sub: 'ada' }, { ...proxy, name: 'other' })).not.toBe(ofProxy);
  });

  test.each([
    ['2001:db8:0:1::1', '2001:db8:0:1'],
    ['2001:0db8:0000:0001:ffff::2', '2001:db8:0:1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::1', '0:0:0:0'],
    ['192.0.2.7', '192.0.2.7'],
  ])('of the address %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
