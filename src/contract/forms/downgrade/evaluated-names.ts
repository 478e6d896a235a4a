import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import { own } from '../../schema/own-property.ts';
import { toNameSet } from './property-patterns.ts';
import { componentOf } from './schema-draft.ts';

/** Which properties count as evaluated for `unevaluatedProperties` (2020-12 core, section 11.3). */
export interface Evaluated {
  readonly names: ReadonlySet<string>;
  /** The schema itself says it all: nothing beside it judges the same object. */
  readonly isLocal: boolean;
  /** Every property is evaluated, whatever holds. */
  readonly isEverything: boolean;
  /** Properties that `names` does not list may be evaluated. */
  readonly isOpen: boolean;
  /** Each of `names` is evaluated whenever the object has it. */
  readonly isCertain: boolean;
}

const uncertainKeywords = ['anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas'] as const;

/** Finds what the keywords beside an `unevaluatedProperties`, and those applied in place, evaluate. */
export function findEvaluated(components: JsonObject, schema: JsonObject): Evaluated {
  const names = new Set<string>();
  const certain = new Set<string>();
  const seen = new Set<string>();
  let isEverything = false;
  let isOpen = false;
  let isOpenHere = false;
  let isLocal = true;

  function visit(value: JsonValue, isAlways: boolean): void {
    if (!isJsonObject(value)) return;
    visitProperties(value, isAlways);
    visitReferences(value, isAlways);
    for (const keyword of ['allOf', ...uncertainKeywords]) {
      for (const branch of listAt(value, keyword)) {
        isLocal = false;
        visit(branch, isAlways && keyword === 'allOf');
      }
    }
  }

  function visitProperties(value: JsonObject, isAlways: boolean): void {
    const evaluated = namesOf(value, value === schema);
    if (evaluated === 'everything') {
      if (isAlways) isEverything = true;
      else isOpen = true;
      return;
    }
    if (evaluated.isOpen && value === schema) isOpenHere = true;
    else if (evaluated.isOpen) isOpen = true;
    for (const name of evaluated.names) {
      names.add(name);
      if (isAlways) certain.add(name);
    }
  }

  function visitReferences(value: JsonObject, isAlways: boolean): void {
    if (Object.hasOwn(value, '$dynamicRef')) isOpen = true;
    const reference = own(value, '$ref');
    if (reference === undefined) return;
    isLocal = false;
    const name = componentOf(reference);
    if (name === undefined) isOpen = true;
    else if (!seen.has(`${name}\0${isAlways}`)) {
      seen.add(`${name}\0${isAlways}`);
      visit(own(components, name) ?? {}, isAlways);
    }
  }

  visit(schema, true);
  return {
    names,
    isLocal,
    isEverything,
    // By itself, the schema's own `patternProperties` is judged together with the rest, as beside additionalProperties.
    isOpen: isOpen || (isOpenHere && !isLocal),
    isCertain: certain.size === names.size,
  };
}

function namesOf(
  schema: JsonObject,
  isRoot: boolean,
): 'everything' | { readonly names: readonly string[]; readonly isOpen: boolean } {
  if (
    !isRoot &&
    (Object.hasOwn(schema, 'additionalProperties') || Object.hasOwn(schema, 'unevaluatedProperties'))
  ) {
    return 'everything';
  }
  const names = Object.keys(objectAt(schema, 'properties'));
  let isOpen = false;
  for (const pattern of Object.keys(objectAt(schema, 'patternProperties'))) {
    const set = toNameSet(pattern);
    if (set.kind === 'all') return 'everything';
    if (set.kind === 'listed') names.push(...set.names);
    else isOpen = true;
  }
  return { names, isOpen };
}

function listAt(schema: JsonObject, keyword: string): readonly JsonValue[] {
  const value = own(schema, keyword);
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return [];
  return keyword === 'dependentSchemas' ? Object.values(value) : [value];
}

function objectAt(source: JsonObject, keyword: string): JsonObject {
  const value = own(source, keyword);
  return isJsonObject(value) ? value : {};
}
