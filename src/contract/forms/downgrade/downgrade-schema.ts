import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import type { Loss } from '../loss-report.ts';
import { isInDialect, keywords } from '../../schema/keywords.ts';
import { canMerge } from '../../schema/merge.ts';
import { own, toObject } from '../../schema/own-property.ts';
import { convertAnnotations } from './annotations.ts';
import { rewriteContains, rewriteItems } from './arrays.ts';
import { copyPattern, copyRequired, rewriteBounds, sameAssertions } from './assertions.ts';
import { convertCombinations } from './combinations.ts';
import { rewriteCondition, rewriteDependencies } from './conditions.ts';
import { rewriteProperties, rewritePropertyNames } from './objects.ts';
import {
  componentOf,
  isNothing,
  nothing,
  reportAnnotation,
  reportWider,
  type Downgraded,
  type SchemaDraft,
  type Scope,
} from './schema-draft.ts';
import { rewriteTypes } from './types.ts';

/** What a document's schemas have in common. */
export type DowngradeContext = Pick<Scope, 'components' | 'inexact' | 'compilePattern'>;

/** A schema in 3.0, and what was lost on the way. */
export interface DowngradedRoot extends Downgraded {
  readonly losses: readonly Loss[];
}

/** How many characters of JSON a rewriting may repeat in one schema. */
const maxCopies = 256 * 1024;

/**
 * Converts one schema of OpenAPI 3.1 (JSON Schema 2020-12) to OpenAPI 3.0.3 (section 4.7.24).
 *
 * The result accepts all that the source accepts; where it accepts more, a loss says so.
 *
 * @param pointer where the schema stands in its document
 */
export function downgradeSchema(
  value: JsonValue,
  pointer: string,
  context: DowngradeContext,
): DowngradedRoot {
  const losses: Loss[] = [];
  const scope: Scope = {
    ...context,
    losses,
    copiesLeft: maxCopies,
    convert: (schema, at) => convertSchema(schema, at, scope),
  };
  return { ...scope.convert(value, pointer), losses };
}

function convertSchema(value: JsonValue, pointer: string, scope: Scope): Downgraded {
  if (!isJsonObject(value)) return { schema: value === false ? nothing : {}, isExact: true };
  if (isNothing(value)) return { schema: nothing, isExact: true };
  const draft: SchemaDraft = {
    source: value,
    pointer,
    scope,
    members: new Map(),
    branches: [],
    conjuncts: [],
    isExact: true,
  };
  convertReference(draft);
  convertAnnotations(draft);
  for (const keyword of sameAssertions) copy(draft, keyword);
  rewriteBounds(draft);
  copyRequired(draft);
  copyPattern(draft);
  rewriteProperties(draft);
  rewritePropertyNames(draft);
  rewriteItems(draft);
  rewriteContains(draft);
  rewriteTypes(draft);
  convertCombinations(draft);
  rewriteCondition(draft);
  rewriteDependencies(draft);
  reportUnknown(draft);
  return { schema: assemble(draft), isExact: draft.isExact };
}

function convertReference(draft: SchemaDraft): void {
  const reference = own(draft.source, '$ref');
  if (reference !== undefined) {
    const component = componentOf(reference);
    if (component === undefined || draft.scope.inexact.has(component)) draft.isExact = false;
    draft.branches.push({ $ref: reference });
  }
  if (Object.hasOwn(draft.source, '$dynamicRef')) {
    reportWider(draft, '$dynamicRef', 'OpenAPI 3.0 has no dynamic references');
  }
}

function copy({ source, members }: SchemaDraft, keyword: string): void {
  const value = own(source, keyword);
  // Some rewriting may have set a stricter one.
  if (value !== undefined && !members.has(keyword)) members.set(keyword, value);
}

/** What no rewriting takes: identifiers, definitions, and names that no vocabulary has. */
function reportUnknown(draft: SchemaDraft): void {
  for (const keyword of Object.keys(draft.source)) {
    if (keyword.startsWith('x-')) continue;
    const known = keywords.get(keyword);
    const isKnown = known !== undefined && isInDialect(known, '2020-12') && keyword !== '$comment';
    if (!isKnown || known.role === 'identifier' || known.role === 'container') {
      reportAnnotation(draft, keyword, 'OpenAPI 3.0 has no such keyword');
    }
  }
}

/** Writes a draft as one schema; a `$ref` has no siblings (OpenAPI 3.0.3 section 4.7.23). */
function assemble({ members, branches, conjuncts }: SchemaDraft): JsonObject {
  const [only] = [...branches, ...conjuncts];
  const isReference = branches.length + conjuncts.length === 1 && only?.['$ref'] !== undefined;
  if (members.size === 0 && isReference) return only;
  const wrapped = [...branches];
  for (const conjunct of conjuncts) {
    if (isPlain(conjunct) && canMerge(conjunct, toObject(members))) {
      for (const [key, value] of Object.entries(conjunct)) members.set(key, value);
    } else {
      wrapped.push(conjunct);
    }
  }
  if (wrapped.length > 0) members.set('allOf', wrapped);
  return toObject(members);
}

function isPlain(conjunct: JsonObject): boolean {
  return !Object.hasOwn(conjunct, '$ref') && !Object.hasOwn(conjunct, 'allOf');
}
