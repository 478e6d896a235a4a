import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, ownList, ownNumber, ownObject, toIdentity } from '../json.ts';
import { toSchema, type SchemaModel } from '../schema/schema-model.ts';
import type { Choice, PendingDemand } from './alternative.ts';
import { lowerHigh, raiseLow, type Constraints } from './constraints.ts';
import { toTypeBits } from './types.ts';

/** What remains to be done once a schema's own assertions are among the constraints. */
export interface Remainder {
  readonly demands: readonly PendingDemand[];
  readonly choices: readonly Choice[];
}

const partKeywords = ['properties', 'patternProperties', 'additionalProperties', 'items', 'prefixItems'];

/** Adds to the constraints what satisfies a schema. */
export function meetSchema(model: SchemaModel, constraints: Constraints, demand: PendingDemand): Remainder {
  const { schema } = demand;
  const observers = [...demand.observers];
  if (Object.hasOwn(schema, 'unevaluatedProperties') || Object.hasOwn(schema, 'unevaluatedItems')) {
    observers.push(constraints.observers.length);
    constraints.observers = [...constraints.observers, { schema, seen: [] }];
  }
  for (const index of observers) constraints.observers[index]?.seen.push(schema);
  meetAssertions(constraints, schema);
  if (partKeywords.some((keyword) => Object.hasOwn(schema, keyword))) {
    constraints.sources = [...constraints.sources, schema];
  }
  const positive = (value: JsonValue | undefined): PendingDemand => ({
    schema: toSchema(value),
    isMet: true,
    observers,
  });
  const demands: PendingDemand[] = ownList(schema, 'allOf').map(positive);
  const choices: Choice[] = [];
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') demands.push(positive(model.resolve(reference)));
  if (Object.hasOwn(schema, 'not')) demands.push(negative(own(schema, 'not')));
  if (Object.hasOwn(schema, 'anyOf')) {
    choices.push(ownList(schema, 'anyOf').map((branch) => ({ demands: [positive(branch)] })));
  }
  if (Object.hasOwn(schema, 'oneOf')) {
    const branches = ownList(schema, 'oneOf');
    choices.push(
      branches.map((branch, index) => ({
        demands: [positive(branch), ...branches.filter((_other, at) => at !== index).map(negative)],
      })),
    );
  }
  if (
    Object.hasOwn(schema, 'if') &&
    (Object.hasOwn(schema, 'then') || Object.hasOwn(schema, 'else') || observers.length > 0)
  ) {
    const condition = own(schema, 'if');
    choices.push([
      { demands: [positive(condition), positive(own(schema, 'then'))] },
      { demands: [negative(condition), positive(own(schema, 'else'))] },
    ]);
  }
  for (const [name, dependent] of Object.entries(ownObject(schema, 'dependentSchemas'))) {
    choices.push([
      { constrain: (each) => void (each.absent = [...each.absent, name]) },
      { constrain: (each) => requireName(each, name), demands: [positive(dependent)] },
    ]);
  }
  return { demands, choices };
}

/** Makes a member necessary. */
export function requireName(constraints: Constraints, name: string): void {
  if (!constraints.required.includes(name)) constraints.required = [...constraints.required, name];
}

function meetAssertions(constraints: Constraints, schema: JsonObject): void {
  for (const [keyword, value] of Object.entries(schema)) meetAssertion(constraints, schema, keyword, value);
}

function meetAssertion(
  constraints: Constraints,
  schema: JsonObject,
  keyword: string,
  value: JsonValue,
): void {
  switch (keyword) {
    case 'type':
      constraints.types &= toTypeBits(value);
      return;
    case 'const':
      keepValues(constraints, [value]);
      return;
    case 'enum':
      if (Array.isArray(value)) keepValues(constraints, value);
      return;
    case 'pattern':
      if (typeof value === 'string') constraints.patterns = [...constraints.patterns, value];
      return;
    case 'examples':
      if (Array.isArray(value)) constraints.given = [...constraints.given, ...value];
      return;
    case 'default':
    case 'example':
      constraints.given = [...constraints.given, value];
      return;
    case 'format':
      if (typeof value === 'string') constraints.format ??= value;
      return;
    case 'uniqueItems':
      constraints.isUnique ||= value === true;
      return;
    case 'required':
      for (const name of ownList(schema, keyword))
        if (typeof name === 'string') requireName(constraints, name);
      return;
    case 'dependentRequired':
      constraints.dependentRequired = [...constraints.dependentRequired, ...listDependencies(schema)];
      return;
    case 'propertyNames':
      constraints.names = [...constraints.names, { schema: toSchema(value), isMet: true }];
      return;
    case 'contains': {
      const min = ownNumber(schema, 'minContains') ?? 1;
      const max = ownNumber(schema, 'maxContains') ?? Infinity;
      constraints.contains = [...constraints.contains, { schema: toSchema(value), min, max }];
      return;
    }
    default:
      if (typeof value === 'number') meetBound(constraints, keyword, value);
  }
}

function meetBound(constraints: Constraints, keyword: string, bound: number): void {
  switch (keyword) {
    case 'minimum':
    case 'exclusiveMinimum':
      raiseLow(constraints, bound, keyword === 'exclusiveMinimum');
      return;
    case 'maximum':
    case 'exclusiveMaximum':
      lowerHigh(constraints, bound, keyword === 'exclusiveMaximum');
      return;
    case 'multipleOf':
      constraints.multiples = [...constraints.multiples, bound];
      return;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      constraints[keyword] = Math.max(constraints[keyword], bound);
      return;
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      constraints[keyword] = Math.min(constraints[keyword], bound);
      return;
    default:
  }
}

function keepValues(constraints: Constraints, values: readonly JsonValue[]): void {
  if (constraints.values === undefined) {
    const distinct = new Map(values.map((value) => [toIdentity(value), value]));
    constraints.values = [...distinct.values()];
    return;
  }
  const identities = new Set(values.map(toIdentity));
  constraints.values = constraints.values.filter((value) => identities.has(toIdentity(value)));
}

function listDependencies(schema: JsonObject): (readonly [string, readonly string[]])[] {
  return Object.entries(ownObject(schema, 'dependentRequired')).map(([name, needed]) => [
    name,
    Array.isArray(needed) ? needed.filter((each) => typeof each === 'string') : [],
  ]);
}

function negative(schema: JsonValue | undefined): PendingDemand {
  return { schema: toSchema(schema), isMet: false, observers: [] };
}
