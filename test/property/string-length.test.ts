import { array, assert, constantFrom, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { createAjv } from '../../src/contract/validation/create-ajv.ts';
import { createPatternCompiler } from '../../src/contract/validation/pattern.ts';

const ajv = createAjv({ allErrors: false, formats: 'annotate', compilePattern: createPatternCompiler() });
const unit = constantFrom('a', '\u{1F600}', '\uD83D', '\uDE00', 'é');
const text = array(unit, { maxLength: 8 }).map((units) => units.join(''));

test('the length of a string is that of its characters, halves of pairs among them', () => {
  assert(
    property(text, nat({ max: 10 }), (value, limit) => {
      // As an iterator of strings counts.
      const { length } = Array.from(value);
      expect(ajv.validate({ maxLength: limit }, value)).toBe(length <= limit);
      expect(ajv.validate({ minLength: limit }, value)).toBe(length >= limit);
    }),
  );
});

test('what breaks a limit is said as Ajv says it', () => {
  expect(ajv.validate({ maxLength: 1 }, 'ab')).toBe(false);
  expect(ajv.errors).toMatchObject([
    { keyword: 'maxLength', params: { limit: 1 }, message: 'must NOT have more than 1 characters' },
  ]);
});
