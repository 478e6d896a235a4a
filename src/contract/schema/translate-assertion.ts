import type { JsonObject, JsonValue } from '../../json/value.ts';
import { hideEvaluation, type Draft } from './draft.ts';
import { holdsReference, toLiteralSchema } from './literal.ts';
import { own, toObject } from './own-property.ts';

/** Translates a keyword that judges the value by itself; its shape has been checked. */
export function translateAssertion(draft: Draft, name: string, value: JsonValue): void {
  switch (name) {
    case 'type':
      draft.members.set(name, toType(value));
      return;
    case 'enum':
      // The shape has been checked.
      translateEnum(draft, value as readonly JsonValue[]);
      return;
    case 'const':
      if (holdsReference(value)) draft.branches.push([name, hideEvaluation(draft, toLiteralSchema(value))]);
      else draft.members.set(name, value);
      return;
    case 'minimum':
    case 'maximum':
      // Draft-04 validation, section 5.1: `true` makes this keyword's value the exclusive bound.
      if (own(draft.source, exclusiveNames[name]) !== true) draft.members.set(name, value);
      return;
    case 'exclusiveMinimum':
      translateExclusiveBound(draft, name, own(draft.source, 'minimum'));
      return;
    case 'exclusiveMaximum':
      translateExclusiveBound(draft, name, own(draft.source, 'maximum'));
      return;
    case 'dependentRequired':
      for (const [key, names] of Object.entries(value as JsonObject)) addDependentRequired(draft, key, names);
      return;
    default:
      draft.members.set(name, value);
  }
}

/** Adds the names that the presence of `key` requires (2020-12 validation, section 6.5.4). */
export function addDependentRequired(draft: Draft, key: string, names: JsonValue): void {
  // Only this function writes the member, and the shape of `names` has been checked.
  const known = (draft.members.get('dependentRequired') ?? {}) as JsonObject;
  const joined = new Set([
    ...((own(known, key) ?? []) as readonly string[]),
    ...(names as readonly string[]),
  ]);
  draft.members.set('dependentRequired', toObject([...Object.entries(known), [key, [...joined].toSorted()]]));
}

const exclusiveNames = { minimum: 'exclusiveMinimum', maximum: 'exclusiveMaximum' } as const;

function toType(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return value;
  const types = [...new Set(value as readonly string[])];
  return types.length === 1 ? (types[0] ?? value) : types;
}

function translateEnum(draft: Draft, values: readonly JsonValue[]): void {
  if (values.length === 0) {
    draft.branches.push(['enum', { not: {} }]);
  } else if (holdsReference(values)) {
    draft.branches.push(['enum', hideEvaluation(draft, { anyOf: values.map(toLiteralSchema) })]);
  } else {
    draft.members.set('enum', values);
  }
}

function translateExclusiveBound(
  draft: Draft,
  name: 'exclusiveMinimum' | 'exclusiveMaximum',
  bound?: JsonValue,
): void {
  const value = own(draft.source, name);
  if (typeof value === 'number') draft.members.set(name, value);
  else if (value === true && typeof bound === 'number') draft.members.set(name, bound);
}
