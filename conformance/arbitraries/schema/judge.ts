import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/index.ts';
import { own, ownList, ownObject, toIdentity } from '../json.ts';
import { judgeArray } from './judge-array.ts';
import type { Evaluated, Judge } from './judge-context.ts';
import { judgeObject } from './judge-object.ts';
import { judgeScalar } from './judge-scalar.ts';
import { toSchema, type SchemaModel } from './schema-model.ts';

/**
 * True when the value satisfies the schema.
 *
 * A second opinion for parts of a value, for which no validator was compiled; what is handed out was judged by the
 * contract's own. Recursion in place has been refused when the schema was read.
 */
export function satisfies(model: SchemaModel, schema: JsonObject, value: JsonValue): boolean {
  const context: Judge = {
    model,
    judge: (each, part, evaluated) => judgeSchema(context, each, part, evaluated),
  };
  return context.judge(schema, value);
}

function judgeSchema(
  context: Judge,
  schema: JsonObject,
  value: JsonValue,
  outer: Evaluated | undefined,
): boolean {
  const isObserver =
    Object.hasOwn(schema, 'unevaluatedProperties') || Object.hasOwn(schema, 'unevaluatedItems');
  const evaluated =
    outer !== undefined || isObserver ? { names: new Set<string>(), items: new Set<number>() } : undefined;
  const isValid =
    judgeType(schema, value) &&
    judgeValues(schema, value) &&
    judgeInPlace(context, schema, value, evaluated) &&
    judgeParts(context, schema, value, evaluated);
  if (isValid && outer !== undefined && evaluated !== undefined) {
    for (const name of evaluated.names) outer.names.add(name);
    for (const item of evaluated.items) outer.items.add(item);
  }
  return isValid;
}

/** True when the value is of one of the schema's types. */
export function judgeType(schema: JsonObject, value: JsonValue): boolean {
  const type = own(schema, 'type');
  if (type === undefined) return true;
  const types: readonly JsonValue[] = Array.isArray(type) ? type : [type];
  return types.some((each) => isOfType(value, each));
}

function isOfType(value: JsonValue, type: JsonValue): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    default:
      return typeof value === type;
  }
}

function judgeValues(schema: JsonObject, value: JsonValue): boolean {
  const only = own(schema, 'const');
  if (only !== undefined && toIdentity(only) !== toIdentity(value)) return false;
  const values = own(schema, 'enum');
  if (!Array.isArray(values)) return true;
  const identity = toIdentity(value);
  return values.some((each: JsonValue) => toIdentity(each) === identity);
}

function judgeInPlace(
  { model, judge }: Judge,
  schema: JsonObject,
  value: JsonValue,
  evaluated: Evaluated | undefined,
): boolean {
  const holds = (each: JsonValue | undefined): boolean => judge(toSchema(each), value, evaluated);
  const reference = own(schema, '$ref');
  if (typeof reference === 'string' && !judge(model.resolve(reference), value, evaluated)) return false;
  if (!ownList(schema, 'allOf').every(holds)) return false;
  const not = own(schema, 'not');
  if (not !== undefined && judge(toSchema(not), value)) return false;
  // Every branch that holds leaves its annotations.
  if (Object.hasOwn(schema, 'anyOf') && ownList(schema, 'anyOf').filter(holds).length === 0) return false;
  if (Object.hasOwn(schema, 'oneOf') && ownList(schema, 'oneOf').filter(holds).length !== 1) return false;
  if (!Object.hasOwn(schema, 'if')) return true;
  return holds(own(schema, 'if')) ? holds(own(schema, 'then')) : holds(own(schema, 'else'));
}

function judgeParts(
  context: Judge,
  schema: JsonObject,
  value: JsonValue,
  evaluated: Evaluated | undefined,
): boolean {
  if (Array.isArray(value)) return judgeArray(context, schema, value as readonly JsonValue[], evaluated);
  if (isJsonObject(value)) {
    const dependent = Object.entries(ownObject(schema, 'dependentSchemas'));
    const isMet = dependent.every(
      ([key, each]) => !Object.hasOwn(value, key) || context.judge(toSchema(each), value, evaluated),
    );
    return isMet && judgeObject(context, schema, value, evaluated);
  }
  return judgeScalar(context.model, schema, value);
}
