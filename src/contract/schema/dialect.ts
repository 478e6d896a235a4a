/** Oldest first. */
const dialects = ['draft-04', 'draft-06', 'draft-07', '2019-09', '2020-12'] as const;

/** A draft of JSON Schema that tools use. */
export type Dialect = (typeof dialects)[number];

/** MCP 2025-11-25 (basic, JSON Schema usage): a schema without `$schema` is 2020-12. */
export const defaultDialect: Dialect = '2020-12';

/** The dialect that a `$schema` URI names; undefined when it is none of ours. */
export function parseDialect(uri: string): Dialect | undefined {
  const plain = uri.replace(/^https?:\/\//, '').replace(/#$/, '');
  return dialectUris.get(plain);
}

/** True when `dialect` is `other` or came after it. */
export function isAtLeast(dialect: Dialect, other: Dialect): boolean {
  return dialects.indexOf(dialect) >= dialects.indexOf(other);
}

const dialectUris: ReadonlyMap<string, Dialect> = new Map([
  ['json-schema.org/draft-04/schema', 'draft-04'],
  ['json-schema.org/draft-06/schema', 'draft-06'],
  ['json-schema.org/draft-07/schema', 'draft-07'],
  ['json-schema.org/draft/2019-09/schema', '2019-09'],
  ['json-schema.org/draft/2020-12/schema', '2020-12'],
  // "The latest draft", as older documents write it.
  ['json-schema.org/schema', defaultDialect],
  // OpenAPI 3.1 section 4.8.24: 2020-12 plus annotations of its own.
  ['spec.openapis.org/oas/3.1/dialect/base', '2020-12'],
]);
