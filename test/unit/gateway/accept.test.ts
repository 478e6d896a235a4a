import { describe, expect, test } from 'vitest';
import { isNamedBy, parseAccept, type Preference } from '../../../src/gateway/accept.ts';

const json: Preference = { kind: 'json' };
const binary = (...types: readonly string[]): Preference => ({ kind: 'binary', types });

describe('an Accept header', () => {
  test.each<[string | undefined, Preference]>([
    [undefined, json],
    ['', json],
    ['*/*', json],
    ['application/json', json],
    ['application/*', json],
    ['application/json, text/event-stream', json],
    ['application/vnd.mcp.result+json', { kind: 'call_result' }],
    ['application/json;q=0.5, application/vnd.mcp.result+json', { kind: 'call_result' }],
    ['text/event-stream', { kind: 'event_stream' }],
    ['text/event-stream, application/json;q=0.9', { kind: 'event_stream' }],
    ['text/event-stream;q=0.1, application/json', json],
    ['text/event-stream;q=0', json],
    ['image/png', binary('image/png')],
    ['image/*, audio/wav, */*;q=0.1', binary('image/*', 'audio/wav')],
    ['image/png, text/event-stream', binary('image/png')],
    ['application/json, image/png;q=0.5', json],
    ['nonsense', json],
    [';;,,', json],
  ])('%j asks for %j (RES-08)', (accept, preference) => expect(parseAccept(accept)).toEqual(preference));
});

describe('a media type', () => {
  test.each([
    ['image/png', ['image/png'], true],
    ['image/PNG', ['IMAGE/*'], true],
    ['image/png', ['audio/*', 'image/png'], true],
    ['image/png', ['image/p'], false],
    ['imagery/png', ['image/*'], false],
    ['image/png', [], false],
  ])('%s is named by %j: %s (RES-08)', (type, ranges, isNamed) =>
    expect(isNamedBy(ranges, type)).toBe(isNamed),
  );
});
