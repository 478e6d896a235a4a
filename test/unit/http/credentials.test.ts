import { describe, expect, test } from 'vitest';
import { createCredentialsReader } from '../../../src/http/credentials.ts';

describe('a key', () => {
  const long = 'ü'.repeat(300);

  test.each([
    ['key', 'key', true],
    ['key', 'ke', false],
    ['key', 'keyy', false],
    ['key', `key${'\0'.repeat(3)}`, false],
    ['key', `${'\0'.repeat(253)}key`, false],
    ['k'.repeat(256), 'k'.repeat(256), true],
    ['k'.repeat(256), 'k'.repeat(257), false],
    ['k'.repeat(255), 'k'.repeat(256), false],
    [long, long, true],
    [long, `${long}ü`, false],
    [long, long.slice(1), false],
    ['kéy', 'kéy', true],
  ])('%j is opened by %j: %j', (apiKey, given, isRight) => {
    const read = createCredentialsReader(apiKey);
    // As the bytes of a header arrive.
    const token = Buffer.from(given).toString('latin1');
    expect(read(`Bearer ${token}`)).toEqual({ kind: 'key', scheme: 'bearer', isRight });
    const basic = Buffer.from(`anybody:${given}`).toString('base64');
    expect(read(`Basic ${basic}`)).toEqual({ kind: 'key', scheme: 'basic', isRight });
  });
});
