import { createRequire } from 'node:module';
import type { JsonObject } from '../../json/value.ts';
import { draft04MetaSchema } from './draft-04-meta-schema.ts';

/** A meta-schema that a reference may lead to. */
export interface MetaSchema {
  /** Short, for component names. */
  readonly name: string;
  readonly schema: JsonObject;
}

/** The drafts' own meta-schemas, bundled so that nothing is ever fetched; undefined for any other URI. */
export function loadMetaSchema(uri: string): MetaSchema | undefined {
  const plain = uri.replace(/^https?:\/\//, '');
  const file = files.get(plain);
  if (file === undefined) return undefined;
  // Ajv's package is trusted to hold JSON objects at these paths.
  const schema = file === '' ? draft04MetaSchema : (require(`ajv/dist/refs/${file}.json`) as JsonObject);
  return { name: plain.replace(/^json-schema\.org\/(?:draft\/)?/, ''), schema };
}

// JSON modules print a warning on Node 20, `require` does not.
const require = createRequire(import.meta.url);

const vocabularies: readonly (readonly [draft: string, names: readonly string[]])[] = [
  ['2019-09', ['core', 'applicator', 'validation', 'meta-data', 'format', 'content']],
  [
    '2020-12',
    ['core', 'applicator', 'unevaluated', 'validation', 'meta-data', 'format-annotation', 'content'],
  ],
];

const files: ReadonlyMap<string, string> = new Map([
  ['json-schema.org/draft-04/schema', ''],
  ['json-schema.org/draft-06/schema', 'json-schema-draft-06'],
  ['json-schema.org/draft-07/schema', 'json-schema-draft-07'],
  ...vocabularies.flatMap(([draft, names]) => [
    [`json-schema.org/draft/${draft}/schema`, `json-schema-${draft}/schema`] as const,
    ...names.map(
      (name) => [`json-schema.org/draft/${draft}/meta/${name}`, `json-schema-${draft}/meta/${name}`] as const,
    ),
  ]),
]);
