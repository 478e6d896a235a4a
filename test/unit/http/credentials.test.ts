import { describe, expect, test } from 'vitest';
import { createKeyCheck, readAuthorization } from '../../../src/http/credentials.ts';

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
    const isKey = createKeyCheck(apiKey);
    // As the bytes of a header arrive.
    const token = Buffer.from(given).toString('latin1');
    const basic = Buffer.from(`anybody:${given}`).toString('base64');
    for (const header of [`Bearer ${token}`, `Basic ${basic}`]) {
      const presented = readAuthorization(header);
      expect(presented).toEqual({
        kind: 'secret',
        scheme: header.split(' ')[0]?.toLowerCase(),
        secret: given,
      });
      expect(presented.kind === 'secret' && isKey(presented.secret)).toBe(isRight);
    }
  });
});
