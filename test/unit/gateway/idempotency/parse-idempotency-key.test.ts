import { describe, expect, test } from 'vitest';
import { parseIdempotencyKey } from '../../../../src/gateway/idempotency/parse-idempotency-key.ts';

describe('an Idempotency-Key', () => {
  test.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['order/42:a=b;c', 'order/42:a=b;c'],
    ['"with spaces, and a comma"', 'with spaces, and a comma'],
    [String.raw`"a \"quote\" and a \\"`, String.raw`a "quote" and a \ `.trim()],
    ['"0"', '0'],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('is a string in quotes or the same bare: %s (IDEM-01)', (header, key) => {
    expect(parseIdempotencyKey(header)).toEqual({ kind: 'key', key });
  });

  test.each([
    ['', 'is empty'],
    ['""', 'is empty'],
    ['k'.repeat(256), 'more than 255'],
    [`"${'k'.repeat(256)}"`, 'more than 255'],
    ['"open', 'cannot be read'],
    ['open"', 'cannot be read'],
    [String.raw`"bad \n escape"`, 'cannot be read'],
    ['"one", "two"', 'cannot be read'],
    ['one, two', 'cannot be read'],
    ['one two', 'cannot be read'],
    ['"tab\there"', 'cannot be read'],
    ['k\u0001', 'cannot be read'],
    ['schlüssel', 'cannot be read'],
    ['"key";a=1', 'cannot be read'],
  ])('that is %j is refused, with what to send instead (IDEM-01)', (header, why) => {
    const parsed = parseIdempotencyKey(header);
    expect(parsed).toMatchObject({ kind: 'malformed', detail: expect.stringContaining(why) });
    expect(parsed).toMatchObject({ detail: expect.stringContaining('1 to 255 printable ASCII') });
  });

  test('that comes as two headers is refused (IDEM-01)', () => {
    expect(parseIdempotencyKey(['one', 'two']).kind).toBe('malformed');
  });
});
