import { translateSchema } from '../../../../src/contract/schema/translate.ts';
import type { TranslatedSchema, TranslationWarning } from '../../../../src/contract/schema/translate.ts';
import type { JsonValue } from '../../../../src/json/value.ts';
import { translated } from './oracle.ts';

/** A tool's translation, under the prefix `tool`. */
export function translationOf(source: unknown): TranslatedSchema {
  return translated(translateSchema(source, { namePrefix: 'tool' }));
}

/** What becomes of a property's schema, in a tool whose schema is of the given dialect. */
export function translationOfValue(
  value: unknown,
  dialect?: string,
  more: object = {},
): JsonValue | undefined {
  const $schema = dialect === undefined ? {} : { $schema: dialect };
  const { root } = translationOf({ ...$schema, type: 'object', properties: { value }, ...more });
  return Object.values(root['properties'] ?? {})[0];
}

/** Pointer and reason of a schema that cannot be served; undefined when it can. */
export function faultOf(source: unknown): { readonly pointer: string; readonly reason: string } | undefined {
  const translation = translateSchema(source, { namePrefix: 'tool' });
  return translation.kind === 'unservable' ? translation : undefined;
}

/** What the author of a schema is told although it is served. */
export function warningsOf(source: unknown): readonly TranslationWarning[] {
  const translation = translateSchema(source, { namePrefix: 'tool' });
  return translation.kind === 'translated' ? (translation.warnings ?? []) : [];
}

/** The `$schema` URIs of the drafts. */
export const draft = {
  four: 'http://json-schema.org/draft-04/schema#',
  six: 'http://json-schema.org/draft-06/schema#',
  seven: 'http://json-schema.org/draft-07/schema#',
  nineteen: 'https://json-schema.org/draft/2019-09/schema',
  twenty: 'https://json-schema.org/draft/2020-12/schema',
} as const;
