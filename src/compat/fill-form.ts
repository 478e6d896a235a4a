import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import {
  asBranch,
  below,
  maxErrors,
  pointerTo,
  toFillError,
  type FillError,
  type Place,
} from './fill-error.ts';
import { fillScalar, fit, type Fit } from './fill-scalar.ts';
import { labelOf, type Form, type ListForm, type Model, type UnionForm } from './form.ts';

/** A value read as a form says; what needed no change is the same value. */
export type Filled =
  | {
      readonly kind: 'filled';
      readonly value: JsonValue;
      readonly fit: Fit;
      /** How many fields of models the value names. */
      readonly fieldCount?: number;
    }
  | { readonly kind: 'refused'; readonly errors: readonly FillError[] };

/** How a value is read. */
export interface FillOptions {
  /** Absent keys get their defaults. */
  readonly withDefaults: boolean;
  /** Gets the place of each number that is read as an integer, as JSON Pointer, for those written as 5.0 or 5e0. */
  readonly integers?: Set<string>;
  /** Goes down with each value that is looked at; once it is used up, values stay as they are. */
  readonly budget: { left: number };
}

/**
 * Reads a value as mcpo does: scalars are converted, keys that no field has and nulls of optional fields dropped,
 * defaults filled in; errors are collected in the order of the fields.
 */
export function fillForm(form: Form, value: JsonValue, place: Place, options: FillOptions): Filled {
  options.budget.left -= 1;
  if (options.budget.left < 0) return filled(value, fit.lax);
  switch (form.kind) {
    case 'list':
      return fillList(form, value, place, options);
    case 'map':
      return isJsonObject(value) ? filled(value, fit.exact) : refused([toFillError('dict_type', place)]);
    case 'model':
      return fillModel(form, value, place, options, form.keys);
    case 'union':
      return fillUnion(form, value, place, options);
    default: {
      const scalar = fillScalar(form.kind, value);
      if (form.kind === 'integer' && typeof value === 'number') options.integers?.add(pointerTo(place));
      if (scalar.kind === 'filled') return filled(scalar.value, scalar.fit);
      return refused([toFillError(scalar.type, place)]);
    }
  }
}

function fillList(form: ListForm, value: JsonValue, place: Place, options: FillOptions): Filled {
  if (!Array.isArray(value)) return refused([toFillError('list_type', place)]);
  // Array.isArray makes it any[]; by the type of `value` it holds JSON values.
  const items = value as readonly JsonValue[];
  const errors: FillError[] = [];
  const next: JsonValue[] = [];
  let isChanged = false;
  let worst: Fit = fit.exact;
  for (const [index, item] of items.entries()) {
    const outcome = fillForm(form.items, item, below(place, index), options);
    if (outcome.kind === 'refused') {
      errors.push(...outcome.errors);
      if (errors.length >= maxErrors) break;
      continue;
    }
    next.push(outcome.value);
    isChanged ||= outcome.value !== item;
    if (outcome.fit < worst) worst = outcome.fit;
  }
  if (errors.length > 0) return refused(errors);
  return filled(isChanged ? next : value, worst);
}

function fillModel(
  form: Model,
  value: JsonValue,
  place: Place,
  options: FillOptions,
  keys: Model['keys'],
): Filled {
  if (!isJsonObject(value)) return refused([toFillError('model_attributes_type', place)]);
  const errors: FillError[] = [];
  const changes = new Map<string, JsonValue | undefined>();
  let worst: Fit = fit.strict;
  let fieldCount = 0;
  for (const { name, form: fieldForm, isRequired, default: standard } of form.fields) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined) {
      if (isRequired) errors.push(toFillError('missing', below(place, name)));
      else if (options.withDefaults && standard !== undefined) changes.set(name, standard);
      continue;
    }
    fieldCount += 1;
    const outcome = fillForm(fieldForm, given, below(place, name), options);
    if (outcome.kind === 'refused') {
      errors.push(...outcome.errors);
      continue;
    }
    fieldCount += outcome.fieldCount ?? 0;
    if (outcome.fit < worst) worst = outcome.fit;
    // A key that the tool asks for stays, null or not.
    if (outcome.value === null && !isRequired) changes.set(name, undefined);
    else if (outcome.value !== given) changes.set(name, outcome.value);
  }
  if (errors.length > 0) return refused(errors);
  return filled(withChanges(value, changes, keys), worst, fieldCount);
}

function withChanges(
  value: JsonObject,
  changes: ReadonlyMap<string, JsonValue | undefined>,
  keys: Model['keys'],
): JsonObject {
  const given = Object.keys(value);
  if (changes.size === 0 && (keys === 'all' || given.every((key) => keys.has(key)))) return value;
  const entries: [string, JsonValue][] = [];
  for (const key of given) {
    if (keys !== 'all' && !keys.has(key)) continue;
    const next = changes.has(key) ? changes.get(key) : value[key];
    if (next !== undefined) entries.push([key, next]);
  }
  for (const [key, next] of changes) {
    if (next !== undefined && !Object.hasOwn(value, key)) entries.push([key, next]);
  }
  // fromEntries makes own keys of any name, `__proto__` included.
  return Object.fromEntries(entries);
}

function fillUnion(form: UnionForm, value: JsonValue, place: Place, options: FillOptions): Filled {
  if (form.isNullable && value === null) return filled(value, fit.exact);
  const { keys } = form;
  const [only] = form.branches;
  if (form.branches.length === 1 && only !== undefined) return fillBranch(only, value, place, options, keys);
  const errors: FillError[] = [];
  let best: Extract<Filled, { kind: 'filled' }> | undefined;
  for (const branch of form.branches) {
    const outcome = fillBranch(branch, value, asBranch(place, labelOf(branch)), options, keys);
    if (outcome.kind === 'refused') {
      errors.push(...outcome.errors);
      continue;
    }
    if (outcome.fit === fit.exact && outcome.fieldCount === undefined) return outcome;
    if (best === undefined || isBetter(outcome, best)) best = outcome;
  }
  return best ?? refused(errors);
}

function fillBranch(
  branch: Form,
  value: JsonValue,
  place: Place,
  options: FillOptions,
  keys: Model['keys'],
): Filled {
  if (branch.kind === 'model') return fillModel(branch, value, place, options, keys);
  return fillForm(branch, value, place, options);
}

/** More fields named is better; where that does not tell, a better fit is. */
function isBetter(
  next: Extract<Filled, { kind: 'filled' }>,
  best: Extract<Filled, { kind: 'filled' }>,
): boolean {
  const { fieldCount: nextCount } = next;
  const { fieldCount: bestCount } = best;
  if (nextCount !== undefined && bestCount !== undefined && nextCount !== bestCount)
    return nextCount > bestCount;
  return next.fit > best.fit;
}

function filled(value: JsonValue, how: Fit, fieldCount?: number): Filled {
  return { kind: 'filled', value, fit: how, ...(fieldCount !== undefined && { fieldCount }) };
}

function refused(errors: readonly FillError[]): Filled {
  return { kind: 'refused', errors };
}
