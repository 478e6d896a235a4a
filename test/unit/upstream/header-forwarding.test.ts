import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createHeaderPicker,
  mergeHeaders,
  type PickHeaders,
} from '../../../src/upstream/header-forwarding.ts';

const picker = (
  allow: readonly string[] = [],
  deny: readonly string[] = [],
  withholdAuthorization = false,
): PickHeaders => createHeaderPicker({ allow, deny }, { withholdAuthorization });

/** Headers that a configuration cannot let through. */
const neverForwarded = [
  ['connection', 'close, x-hop'],
  ['x-hop', 'only for the next one'],
  ['keep-alive', 'timeout=5'],
  ['proxy-connection', 'keep-alive'],
  ['te', 'trailers'],
  ['trailer', 'digest'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['http2-settings', 'AAMAAABk'],
  ['proxy-authorization', 'Basic YTpi'],
  ['host', 'gateway.example'],
  [':authority', 'gateway.example'],
  [':path', '/echo'],
  ['content-length', '12'],
  ['content-type', 'application/json'],
  ['content-encoding', 'gzip'],
  ['accept', 'application/json'],
  ['accept-encoding', 'br'],
  ['expect', '100-continue'],
  ['range', 'bytes=0-1'],
  ['if-none-match', '"a"'],
  ['mcp-session-id', 'someone else’s'],
  ['mcp-protocol-version', '2025-06-18'],
  ['last-event-id', '7'],
  ['origin', 'https://page.example'],
  ['sec-fetch-site', 'same-origin'],
  ['access-control-request-method', 'POST'],
] as const;

describe('forwarding of request headers', () => {
  test('a name that matches a pattern is forwarded, whatever the case of either (FWD-01)', () => {
    const headers = { 'x-user-id': 'ada', 'x-team': 'core', 'user-agent': 'curl' };
    expect(picker(['X-User-Id'])(headers)).toEqual({ 'x-user-id': 'ada' });
    expect(picker(['x-*'])({ 'X-User-ID': 'ada', 'user-agent': 'curl' })).toEqual({ 'x-user-id': 'ada' });
    expect(picker(['*-id', 'user*'])(headers)).toEqual({ 'x-user-id': 'ada', 'user-agent': 'curl' });
    expect(picker(['x*r*d'])(headers)).toEqual({ 'x-user-id': 'ada' });
    expect(picker(['y-*'])(headers)).toBeUndefined();
  });

  test('without patterns all that may pass are forwarded; what is denied never is (FWD-01)', () => {
    const headers = { 'x-user-id': 'ada', 'x-user-secret': 's', 'x-team': 'core' };
    expect(picker()(headers)).toEqual(headers);
    expect(picker([], ['x-USER-*'])(headers)).toEqual({ 'x-team': 'core' });
    expect(picker(['x-user-secret', 'x-team'], ['*secret'])(headers)).toEqual({ 'x-team': 'core' });
    expect(picker(['*'], ['*'])(headers)).toBeUndefined();
  });

  test('a wildcard stands for any text, none included (FWD-01)', () => {
    const part = fc.stringMatching(/^[ab-]{0,4}$/);
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 4 }),
        fc.stringMatching(/^[ab-]{1,10}$/),
        (parts, name) => {
          const expected = new RegExp(`^${parts.join('.*')}$`).test(name);
          expect(picker([parts.join('*')])({ [name]: 'v' }) !== undefined).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a pattern of many wildcards takes no longer than the name is long (FWD-01)', () => {
    const pick = picker([`${'a*'.repeat(100)}b`]);
    const startedAt = performance.now();
    expect(pick({ ['a'.repeat(10_000)]: 'v' })).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test.each(neverForwarded)('%s is never forwarded, even when it is named (FWD-02)', (name, value) => {
    const headers = { connection: 'close, X-Hop', 'x-hop': 'h', 'x-team': 'core', [name]: value };
    expect(picker()(headers)).toEqual({ 'x-team': 'core' });
    expect(picker([name, 'x-team'])(headers)).toEqual({ 'x-team': 'core' });
  });

  test('Authorization is forwarded only where the gateway itself asks for no key (FWD-03)', () => {
    const headers = { authorization: 'Bearer secret', 'x-team': 'core' };
    expect(picker([], [], false)(headers)).toEqual(headers);
    expect(picker([], [], true)(headers)).toEqual({ 'x-team': 'core' });
    expect(picker(['Authorization', '*'], [], true)(headers)).toEqual({ 'x-team': 'core' });
  });

  test('cookies and what proxies say are forwarded only when named in full (FWD-04)', () => {
    const headers = {
      cookie: 'a=b',
      'x-forwarded-for': '10.0.0.1',
      'x-real-ip': '10.0.0.1',
      forwarded: 'for=a',
      via: '1.1 a',
    };
    expect(picker()(headers)).toBeUndefined();
    expect(picker(['*', 'c*', 'x-*'])(headers)).toBeUndefined();
    expect(picker(['Cookie', 'X-Forwarded-For'])(headers)).toEqual({
      cookie: 'a=b',
      'x-forwarded-for': '10.0.0.1',
    });
    expect(picker(['x-*'])({ 'x-forwarded-user': 'ada' })).toEqual({ 'x-forwarded-user': 'ada' });
  });

  test('values that cannot be sent, and what is more than a server should get, are left out (FWD-05)', () => {
    const pick = picker();
    expect(pick({ 'x-a': 'line\r\nbreak', 'x-b': 'nul\0', 'x-c': 'wide ✓', 'x-d': 'caf\u{e9}\tok' })).toEqual(
      {
        'x-d': 'caf\u{e9}\tok',
      },
    );
    expect(pick({ 'x-list': ['a', 'b'], 'x-none': undefined, 'set-cookie': ['c=d'] })).toEqual({
      'x-list': 'a, b',
    });
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'v']));
    expect(Object.keys(pick(many) ?? {})).toHaveLength(64);
    expect(Object.keys(pick({ 'x-huge': 'v'.repeat(16_384), 'x-small': 'v' }) ?? {})).toEqual(['x-small']);
  });

  test('headers with the names of inherited members are like any other', () => {
    const headers = JSON.parse('{"__proto__": "p", "constructor": "c"}') as Record<string, string>;
    expect(JSON.stringify(picker()(headers))).toBe('{"__proto__":"p","constructor":"c"}');
  });
});

describe('configured and forwarded headers', () => {
  test('a configured header is never replaced by a caller’s, whatever its case (FWD-06)', () => {
    const configured = { Authorization: 'Bearer ours', 'X-Team': 'core' };
    expect(mergeHeaders(configured, { authorization: 'Bearer theirs', 'x-user': 'ada' })).toEqual({
      Authorization: 'Bearer ours',
      'X-Team': 'core',
      'x-user': 'ada',
    });
    expect(mergeHeaders(configured, undefined)).toBe(configured);
  });
});
