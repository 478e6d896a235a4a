import { own, ownList, ownObject } from '../json.ts';
import { satisfies } from '../schema/judge.ts';
import { toSchema, type SchemaModel } from '../schema/schema-model.ts';
import type { Constraints } from './constraints.ts';
import { toGoal, type Demand, type Goal } from './demand.ts';
import type { JsonObject, JsonValue } from '../../../src/index.ts';

/** What a member of that name has to meet. */
export function toMemberGoal(model: SchemaModel, constraints: Constraints, name: string): Goal {
  const demands: Demand[] = [];
  for (const source of constraints.sources) {
    for (const schema of listMemberSchemas(model, source, name))
      demands.push({ schema: toSchema(schema), isMet: true });
  }
  for (const { schema, seen } of constraints.observers) {
    const unevaluated = own(schema, 'unevaluatedProperties');
    if (unevaluated === undefined || seen.some((each) => listMemberSchemas(model, each, name).length > 0))
      continue;
    const inner = seen.some((each) => each !== schema && Object.hasOwn(each, 'unevaluatedProperties'));
    if (!inner) demands.push({ schema: toSchema(unevaluated), isMet: true });
  }
  for (const [member, demand] of constraints.members) if (member === name) demands.push(demand);
  return toGoal(model, demands);
}

/** True when a member may have that name. */
export function isNamePossible(model: SchemaModel, constraints: Constraints, name: string): boolean {
  if (constraints.absent.includes(name)) return false;
  return constraints.names.every(({ schema, isMet }) => satisfies(model, schema, name) === isMet);
}

/** What the item at an index has to meet. */
export function toItemGoal(model: SchemaModel, constraints: Constraints, index: number): Goal {
  const demands: Demand[] = [];
  for (const source of constraints.sources) {
    const schema = itemSchemaAt(source, index);
    if (schema !== undefined) demands.push({ schema: toSchema(schema), isMet: true });
  }
  for (const { schema, seen } of constraints.observers) {
    const unevaluated = own(schema, 'unevaluatedItems');
    if (unevaluated === undefined || seen.some((each) => itemSchemaAt(each, index) !== undefined)) continue;
    if (seen.some((each) => each !== schema && Object.hasOwn(each, 'unevaluatedItems'))) continue;
    const contains = seen.flatMap((each) => own(each, 'contains') ?? []);
    demands.push({ schema: eitherOf(model, unevaluated, contains), isMet: true });
  }
  for (const [at, demand] of constraints.items) if (at === index) demands.push(demand);
  return toGoal(model, demands);
}

/** The first index from which on all items have the same goal. */
export function countSpecialItems(constraints: Constraints): number {
  const seen = constraints.observers.flatMap((observer) => observer.seen);
  const prefixes = [...constraints.sources, ...seen].map((source) => ownList(source, 'prefixItems').length);
  return Math.max(0, ...prefixes, ...constraints.items.map(([index]) => index + 1));
}

function listMemberSchemas(model: SchemaModel, source: JsonObject, name: string): readonly JsonValue[] {
  const found: JsonValue[] = [];
  const named = own(ownObject(source, 'properties'), name);
  if (named !== undefined) found.push(named);
  for (const [pattern, schema] of Object.entries(ownObject(source, 'patternProperties'))) {
    if (model.matches(pattern, name)) found.push(schema);
  }
  const additional = own(source, 'additionalProperties');
  if (found.length === 0 && additional !== undefined) found.push(additional);
  return found;
}

function itemSchemaAt(source: JsonObject, index: number): JsonValue | undefined {
  const prefix = ownList(source, 'prefixItems');
  return index < prefix.length ? prefix[index] : own(source, 'items');
}

const eithers = new WeakMap<SchemaModel, Map<string, JsonObject>>();

/** An item that `contains` has matched is evaluated (2020-12 core, section 11.2). */
function eitherOf(model: SchemaModel, unevaluated: JsonValue, contains: readonly JsonValue[]): JsonObject {
  if (contains.length === 0) return toSchema(unevaluated);
  const schemas = [unevaluated, ...contains].map(toSchema);
  const key = schemas.map((schema) => model.idOf(schema)).join(' ');
  const known = eithers.get(model) ?? new Map<string, JsonObject>();
  eithers.set(model, known);
  const either = known.get(key) ?? { anyOf: schemas };
  known.set(key, either);
  return either;
}
