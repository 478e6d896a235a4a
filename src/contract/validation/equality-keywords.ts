import { _, type FuncKeywordDefinition } from 'ajv';
import type { JsonValue } from '../../json/value.ts';
import { toCanonicalJson } from '../canonicalize.ts';

/**
 * `enum`, `const` and `uniqueItems` (JSON Schema validation 6.1.2, 6.1.3, 6.4.3) in place of Ajv's.
 *
 * Ajv's equality calls the `toString`, `valueOf` and `constructor` of the values it compares, which are keys like any
 * other here, and its `uniqueItems` compares objects pairwise. Values are equal when their canonical texts are.
 */
export const equalityKeywords: readonly FuncKeywordDefinition[] = [
  {
    keyword: 'enum',
    schemaType: 'array',
    compile: (values: readonly JsonValue[]) => createMembership(values),
    errors: false,
    error: {
      message: 'must be equal to one of the allowed values',
      params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`,
    },
  },
  {
    keyword: 'const',
    compile: (value: JsonValue) => createMembership([value]),
    errors: false,
    error: {
      message: 'must be equal to constant',
      params: ({ schemaCode }) => _`{allowedValue: ${schemaCode}}`,
    },
  },
  {
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (isRequired: boolean) => (isRequired ? areUnique : () => true),
    errors: false,
    error: { message: 'must not have two equal items' },
  },
];

function createMembership(values: readonly JsonValue[]): (value: JsonValue) => boolean {
  const identities = new Set(values.map(toIdentity));
  return (value) => identities.has(toIdentity(value));
}

function areUnique(items: readonly JsonValue[]): boolean {
  return new Set(items.map(toIdentity)).size === items.length;
}

/** The same for equal values only: objects and arrays become their text, which starts unlike a string's. */
function toIdentity(value: JsonValue): unknown {
  if (typeof value === 'string') return `"${value}`;
  return typeof value === 'object' && value !== null ? toCanonicalJson(value) : value;
}
