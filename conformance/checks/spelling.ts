import { closest, distance } from 'fastest-levenshtein';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import type { Probe } from './check.ts';
import { createToolCheck, type ToolFault } from './judge-tools.ts';

export const spelling: Probe = createToolCheck(
  {
    id: 'listing/spelling',
    title: 'Schemas speak of keywords and members that exist',
    severity: 'warning',
    requirement: 'schema-words-exist',
  },
  ({ source }) =>
    ['inputSchema', 'outputSchema'].flatMap((member) => [...walk(source[member], `/${member}`, MAX_DEPTH)]),
);

const MAX_DEPTH = 30;

const single = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const maps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
/** What may declare members besides `properties`. */
const declaring = [
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'patternProperties',
  '$dynamicRef',
  'dependentSchemas',
];
const keywords = [
  ...single,
  ...lists,
  ...maps,
  ...declaring,
  ...'type enum const default examples title description format pattern minimum maximum exclusiveMinimum exclusiveMaximum'.split(
    ' ',
  ),
  ...'multipleOf minLength maxLength minItems maxItems uniqueItems minContains maxContains required minProperties'.split(
    ' ',
  ),
  ...'maxProperties dependentRequired dependencies unevaluatedItems unevaluatedProperties additionalItems'.split(
    ' ',
  ),
  ...'contentEncoding contentMediaType contentSchema readOnly writeOnly deprecated nullable discriminator'.split(
    ' ',
  ),
  ...'$schema $id $anchor $dynamicAnchor $recursiveRef $recursiveAnchor $comment $vocabulary id example'.split(
    ' ',
  ),
];
const known = new Set(keywords);

function* walk(schema: JsonValue | undefined, pointer: string, depth: number): Iterable<ToolFault> {
  if (!isJsonObject(schema) || depth === 0) return;
  yield* findKeywords(schema, pointer);
  yield* findMembers(schema, pointer);
  for (const keyword of single) yield* walk(schema[keyword], `${pointer}/${keyword}`, depth - 1);
  for (const keyword of lists) {
    const members = schema[keyword];
    if (!Array.isArray(members)) continue;
    for (const [index, member] of (members as readonly JsonValue[]).entries()) {
      yield* walk(member, `${pointer}/${keyword}/${index}`, depth - 1);
    }
  }
  for (const keyword of maps) {
    const members = schema[keyword];
    if (!isJsonObject(members)) continue;
    for (const [name, member] of Object.entries(members)) {
      const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
      yield* walk(member, `${pointer}/${keyword}/${token}`, depth - 1);
    }
  }
}

/** A word that is nearly a keyword asserts nothing. */
function* findKeywords(schema: JsonObject, pointer: string): Iterable<ToolFault> {
  for (const word of Object.keys(schema)) {
    if (known.has(word) || word.startsWith('x-')) continue;
    const nearest = closest(word, keywords);
    const isCase = nearest.toLowerCase() === word.toLowerCase().replaceAll('_', '');
    if (!isCase && (word.length < 5 || distance(word, nearest) > 1)) continue;
    yield {
      variant: `${pointer}/${word}`,
      title: 'A keyword of a schema looks misspelt',
      expected: `"${nearest}", or a word that is not so near it`,
      seen: `"${word}" at ${pointer}, which asserts nothing`,
    };
  }
}

/** A member that is required and that no schema describes. */
function* findMembers(schema: JsonObject, pointer: string): Iterable<ToolFault> {
  const { required, properties } = schema;
  if (!Array.isArray(required) || !isJsonObject(properties)) return;
  if (declaring.some((keyword) => Object.hasOwn(schema, keyword))) return;
  for (const name of required as readonly JsonValue[]) {
    if (typeof name !== 'string' || Object.hasOwn(properties, name)) continue;
    const names = Object.keys(properties);
    yield {
      variant: `${pointer}/required ${name}`,
      title: 'A member is required that the schema does not describe',
      expected: `"${name}" among the properties of ${pointer}`,
      seen: names.length === 0 ? 'no properties' : `the nearest is "${closest(name, names)}"`,
    };
  }
}
