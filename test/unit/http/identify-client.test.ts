import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { parseFairBy } from '../../../src/config/parse-values.ts';
import { createIdentifyClient } from '../../../src/http/identify-client.ts';
import { setIdentity } from '../../../src/http/request-identity.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import type { FairBy } from '../../../src/upstream/calls/fair-by.ts';

const address: FairBy = { kind: 'address' };
const header: FairBy = { kind: 'header', name: 'x-user' };

function request(headers: IncomingMessage['headers'], remoteAddress?: string): IncomingMessage {
  // What is looked at of one.
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('clients are told apart (FLOW-05)', () => {
  test('by where they call from, whatever they say of it', () => {
    const identify = createIdentifyClient(address, false);
    expect(identify(request({ 'x-forwarded-for': '10.0.0.9' }, '10.0.0.1'))).toBe('10.0.0.1');
  });

  test('by what a trusted proxy says of it, where it says anything', () => {
    const identify = createIdentifyClient(address, true);
    expect(identify(request({ 'x-forwarded-for': ' 10.0.0.9 , 10.0.0.2' }, '10.0.0.1'))).toBe('10.0.0.9');
    expect(identify(request({}, '10.0.0.1'))).toBe('10.0.0.1');
    expect(identify(request({ 'x-forwarded-for': '' }, '10.0.0.1'))).toBe('10.0.0.1');
  });

  test('by a header, and without it by address; neither passes for the other', () => {
    const identify = createIdentifyClient(header, false);
    const anna = identify(request({ 'x-user': 'anna' }, '10.0.0.1'));
    expect(identify(request({ 'x-user': 'anna' }, '10.0.0.2'))).toBe(anna);
    expect(identify(request({ 'x-user': 'ben' }, '10.0.0.1'))).not.toBe(anna);
    expect(identify(request({ 'x-user': '10.0.0.1' }, '10.0.0.2'))).not.toBe(
      identify(request({}, '10.0.0.1')),
    );
    const forwarded = createIdentifyClient(header, true);
    expect(forwarded(request({ 'x-forwarded-for': anna }, '10.0.0.3'))).toBe('10.0.0.3');
  });

  test('by a claim or the name of a key, and without it by address', () => {
    const as = (identity: Partial<Identity>, from: string): IncomingMessage => {
      const message = request({}, from);
      setIdentity(message, { kind: 'token', name: '', scopes: new Set(), claims: {}, ...identity });
      return message;
    };
    const bySub = createIdentifyClient(parseFairBy('claim:sub'), false);
    const anna = bySub(as({ claims: { sub: 'anna' } }, '10.0.0.1'));
    expect(bySub(as({ claims: { sub: 'anna' } }, '10.0.0.2'))).toBe(anna);
    expect(bySub(as({ claims: { sub: 'ben' } }, '10.0.0.1'))).not.toBe(anna);
    expect(bySub(as({ claims: { sub: ['anna'] } }, '10.0.0.1'))).toBe('10.0.0.1');
    expect(bySub(request({}, '10.0.0.1'))).toBe('10.0.0.1');
    const byKey = createIdentifyClient(parseFairBy('key:name'), false);
    expect(byKey(as({ keyName: 'webui' }, '10.0.0.1'))).toBe('=webui');
    expect(byKey(as({}, '10.0.0.1'))).toBe('10.0.0.1');
  });

  test('not at all once the connection is gone', () => {
    expect(createIdentifyClient(address, false)(request({}))).toBe('');
  });
});
