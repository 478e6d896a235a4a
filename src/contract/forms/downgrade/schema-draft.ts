import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import type { Loss } from '../loss-report.ts';
import type { PatternCompiler } from '../../validation/pattern.ts';
import { holdsReference } from '../../schema/literal.ts';
import { own } from '../../schema/own-property.ts';
import { joinPointer } from '../../schema/pointer.ts';

/** A schema in the words of OpenAPI 3.0. */
export interface Downgraded {
  readonly schema: JsonObject;
  /** False when it accepts more than its source; it never accepts less. */
  readonly isExact: boolean;
}

/** What the conversion of one schema, with all that it holds, has in common. */
export interface Scope {
  /** The source document's `components.schemas`. */
  readonly components: JsonObject;
  /** Names of components whose 3.0 form accepts more. */
  readonly inexact: ReadonlySet<string>;
  readonly compilePattern: PatternCompiler;
  /** Where losses are added. */
  readonly losses: Loss[];
  /** Characters of JSON that may still be written a second time. */
  copiesLeft: number;
  convert(value: JsonValue, pointer: string): Downgraded;
}

/** One schema object under conversion: a value satisfies it when it satisfies `members`, every branch and every conjunct. */
export interface SchemaDraft {
  readonly source: JsonObject;
  readonly pointer: string;
  readonly scope: Scope;
  readonly members: Map<string, JsonValue>;
  /** Of the source's `allOf`: they stay branches, which is what generators of code look for. */
  readonly branches: JsonObject[];
  /** What rewritings add. */
  readonly conjuncts: JsonObject[];
  isExact: boolean;
}

/** What accepts nothing. */
export const nothing: JsonObject = { not: {} };

const refPrefix = '#/components/schemas/';

/** The component that a reference names; undefined when it names something else. */
export function componentOf(reference: JsonValue | undefined): string | undefined {
  return typeof reference === 'string' && reference.startsWith(refPrefix)
    ? reference.slice(refPrefix.length)
    : undefined;
}

/** True for a schema that accepts everything. */
export function isAnything(value: JsonValue | undefined): boolean {
  return value === true || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** True for `false` and for `{not: {}}`. */
export function isNothing(value: JsonValue | undefined): boolean {
  if (!isJsonObject(value)) return value === false;
  return Object.keys(value).length === 1 && isAnything(own(value, 'not'));
}

/** Converts a subschema; the tokens say where it stands in the draft's source. */
export function convertAt(
  draft: SchemaDraft,
  value: JsonValue,
  ...tokens: readonly (string | number)[]
): Downgraded {
  return draft.scope.convert(value, joinPointer(draft.pointer, ...tokens));
}

/** Converts a subschema at a place where accepting more makes the whole accept more, or the same; never less. */
export function convertWidening(
  draft: SchemaDraft,
  value: JsonValue,
  ...tokens: readonly (string | number)[]
): JsonObject {
  const { schema, isExact } = convertAt(draft, value, ...tokens);
  if (!isExact) draft.isExact = false;
  return schema;
}

/** Reports a keyword without which the schema accepts more. */
export function reportWider(draft: SchemaDraft, keyword: string, reason: string): void {
  draft.isExact = false;
  report(draft, keyword, reason, 'wider');
}

/** Reports a keyword that judges nothing, and keeps it for the reader. */
export function reportAnnotation(draft: SchemaDraft, keyword: string, reason: string): void {
  report(draft, keyword, reason, 'annotation');
  keepForReader(draft, keyword);
}

/** Keeps a keyword under a name that 3.0 allows, unless tools would follow references in it. */
export function keepForReader(draft: SchemaDraft, keyword: string): void {
  const value = own(draft.source, keyword);
  const name = `x-${keyword}`;
  if (value === undefined || holdsReference(value) || Object.hasOwn(draft.source, name)) return;
  draft.members.set(name, value);
}

/** True when the schema may be written once more for each of `times`; bounds what repetition can add. */
export function mayCopy({ scope }: SchemaDraft, schema: JsonObject, times = 1): boolean {
  const length = JSON.stringify(schema).length * times;
  if (length > scope.copiesLeft) return false;
  scope.copiesLeft -= length;
  return true;
}

function report(draft: SchemaDraft, keyword: string, reason: string, effect: Loss['effect']): void {
  draft.scope.losses.push({ pointer: joinPointer(draft.pointer, keyword), keyword, reason, effect });
}
