import { isAtLeast, type Dialect } from './dialect.ts';

/** What a keyword's value has to look like. */
export type ValueShape =
  | 'any'
  | 'array'
  | 'boolean'
  | 'bound'
  | 'count'
  | 'dependencies'
  | 'number'
  | 'object'
  | 'positive'
  | 'regex'
  | 'schema'
  | 'schema-or-list'
  | 'schema-list'
  | 'schema-map'
  | 'string'
  | 'string-list'
  | 'string-list-map'
  | 'types';

/** How a keyword takes part in validation. */
type Role = 'identifier' | 'container' | 'reference' | 'applicator' | 'assertion' | 'annotation';

/** One keyword of JSON Schema or of OpenAPI's dialect. */
export interface Keyword {
  readonly role: Role;
  readonly shape: ValueShape;
  /** The first draft that has it. */
  readonly since: Dialect;
  /** The last draft that has it; none when 2020-12 does. */
  readonly until?: Dialect;
}

/** Every keyword that means something in one of the drafts. */
export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...define('identifier', 'any', 'draft-04', ['$schema', '$vocabulary']),
  ...define('identifier', 'string', 'draft-06', ['$id']),
  ...define('identifier', 'string', '2019-09', ['$anchor']),
  ...define('identifier', 'string', '2020-12', ['$dynamicAnchor']),
  ['id', { role: 'identifier', shape: 'string', since: 'draft-04', until: 'draft-04' }],
  ['$recursiveAnchor', { role: 'identifier', shape: 'boolean', since: '2019-09', until: '2019-09' }],
  ...define('container', 'schema-map', 'draft-04', ['definitions', '$defs']),
  ...define('reference', 'string', 'draft-04', ['$ref']),
  ...define('reference', 'string', '2020-12', ['$dynamicRef']),
  ['$recursiveRef', { role: 'reference', shape: 'string', since: '2019-09', until: '2019-09' }],
  ...define('applicator', 'schema', 'draft-04', ['additionalItems', 'additionalProperties', 'not']),
  ...define('applicator', 'schema-or-list', 'draft-04', ['items']),
  ...define('applicator', 'schema-list', 'draft-04', ['allOf', 'anyOf', 'oneOf']),
  ...define('applicator', 'schema-map', 'draft-04', ['properties', 'patternProperties']),
  ...define('applicator', 'dependencies', 'draft-04', ['dependencies']),
  ...define('applicator', 'schema', 'draft-06', ['contains', 'propertyNames']),
  ...define('applicator', 'schema', 'draft-07', ['if', 'then', 'else']),
  ...define('applicator', 'schema-map', '2019-09', ['dependentSchemas']),
  ...define('applicator', 'schema', '2019-09', [
    'unevaluatedItems',
    'unevaluatedProperties',
    'contentSchema',
  ]),
  ...define('applicator', 'schema-list', '2020-12', ['prefixItems']),
  ...define('assertion', 'types', 'draft-04', ['type']),
  ...define('assertion', 'array', 'draft-04', ['enum']),
  ...define('assertion', 'any', 'draft-06', ['const']),
  ...define('assertion', 'positive', 'draft-04', ['multipleOf']),
  ...define('assertion', 'number', 'draft-04', ['maximum', 'minimum']),
  ...define('assertion', 'bound', 'draft-04', ['exclusiveMaximum', 'exclusiveMinimum']),
  ...define('assertion', 'count', 'draft-04', ['maxLength', 'minLength', 'maxItems', 'minItems']),
  ...define('assertion', 'count', 'draft-04', ['maxProperties', 'minProperties']),
  ...define('assertion', 'count', '2019-09', ['maxContains', 'minContains']),
  ...define('assertion', 'boolean', 'draft-04', ['uniqueItems']),
  ...define('assertion', 'regex', 'draft-04', ['pattern']),
  ...define('assertion', 'string-list', 'draft-04', ['required']),
  ...define('assertion', 'string-list-map', '2019-09', ['dependentRequired']),
  // An annotation is one in every draft: a reader profits from it whenever it came.
  ...define('annotation', 'string', 'draft-04', ['title', 'description', 'format', '$comment']),
  ...define('annotation', 'string', 'draft-04', ['contentEncoding', 'contentMediaType']),
  ...define('annotation', 'boolean', 'draft-04', ['deprecated', 'readOnly', 'writeOnly']),
  ...define('annotation', 'array', 'draft-04', ['examples']),
  ...define('annotation', 'any', 'draft-04', ['default', 'example']),
  // OpenAPI 3.1 section 4.8.24.1: its own vocabulary.
  ...define('annotation', 'object', 'draft-04', ['discriminator', 'externalDocs', 'xml']),
]);

/** True when the keyword means something in the dialect. */
export function isInDialect(keyword: Keyword, dialect: Dialect): boolean {
  return (
    isAtLeast(dialect, keyword.since) && (keyword.until === undefined || isAtLeast(keyword.until, dialect))
  );
}

/** Applicators whose subschemas judge the same value as the schema that holds them. */
export const inPlaceKeywords: ReadonlySet<string> = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
]);

/** Keywords under which clients follow references. */
export const followedKeywords: ReadonlySet<string> = new Set([
  'properties',
  'items',
  'anyOf',
  'oneOf',
  'allOf',
]);

function define(
  role: Role,
  shape: ValueShape,
  since: Dialect,
  names: readonly string[],
): readonly (readonly [string, Keyword])[] {
  return names.map((name) => [name, { role, shape, since }] as const);
}
