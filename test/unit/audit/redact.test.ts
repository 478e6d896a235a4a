import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../../src/audit/redact.ts';
import { defaultAudit } from '../../../src/config/audit-settings.ts';
import type { JsonValue } from '../../../src/json/value.ts';
import { compilePatterns } from '../../../src/upstream/name-patterns.ts';

const isMasked = compilePatterns(defaultAudit.mask);
const mask = (value: JsonValue): unknown => JSON.parse(JSON.stringify(redact(value, isMasked)));

test('members with telling names lose their values, at any depth and of any type (AUDIT-04)', () => {
  const value = {
    user: 'ada',
    Password: 'a',
    nested: [{ apiKey: ['b'], API_KEY: { deep: 'c' }, github_token: 4 }, 'token'],
    __proto__: 'x',
  };
  expect(mask(value)).toEqual({
    user: 'ada',
    Password: '[redacted]',
    nested: [{ apiKey: '[redacted]', API_KEY: '[redacted]', github_token: '[redacted]' }, 'token'],
  });
});

test('a member called __proto__ is one like any other (AUDIT-04)', () => {
  const value = JSON.parse('{"__proto__": {"secret": 1, "a": 2}}') as JsonValue;
  expect(JSON.stringify(redact(value, isMasked))).toBe('{"__proto__":{"secret":"[redacted]","a":2}}');
});

test('whatever is under a masked name is nowhere in the result; all else stays (AUDIT-04)', () => {
  const marked = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.array(tie('value')), tie('object')),
    object: fc.record({ open: tie('value'), my_secret: fc.constant('MARKED') }, { requiredKeys: [] }),
  })).value;
  fc.assert(
    fc.property(marked, (value) => {
      // The arbitrary gives nothing but JSON.
      const json = JSON.parse(JSON.stringify(value)) as JsonValue;
      const text = JSON.stringify(redact(json, isMasked));
      expect(text).toBe(JSON.stringify(json).replaceAll('"MARKED"', '"[redacted]"'));
    }),
  );
});
