import { _, str, type FuncKeywordDefinition } from 'ajv';

/**
 * `maxLength` and `minLength` (JSON Schema validation 6.3.1, 6.3.2) in place of Ajv's, which count the characters of
 * every string: its length in UTF-16 units, of which a character has one or two, mostly decides.
 */
export const lengthKeywords: readonly FuncKeywordDefinition[] = [
  define('maxLength', 'more', (limit) => (text) => text.length <= limit || countCharacters(text) <= limit),
  define(
    'minLength',
    'fewer',
    (limit) => (text) => text.length >= 2 * limit || (text.length >= limit && countCharacters(text) >= limit),
  ),
];

function define(
  keyword: string,
  comparison: string,
  compile: (limit: number) => (text: string) => boolean,
): FuncKeywordDefinition {
  return {
    keyword,
    type: 'string',
    schemaType: 'number',
    compile,
    errors: false,
    error: {
      message: ({ schemaCode }) => str`must NOT have ${comparison} than ${schemaCode} characters`,
      params: ({ schemaCode }) => _`{limit: ${schemaCode}}`,
    },
  };
}

/** A pair of surrogates is one character, and half of one, too. */
function countCharacters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    if ((text.charCodeAt(index) & 0xfc00) !== 0xd800) continue;
    if ((text.charCodeAt(index + 1) & 0xfc00) !== 0xdc00) continue;
    count -= 1;
    index += 1;
  }
  return count;
}
