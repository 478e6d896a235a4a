import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, ownList, ownNumber, ownObject } from '../json.ts';
import type { Evaluated, Judge } from './judge-context.ts';
import { toSchema } from './schema-model.ts';

/** True when an object meets the schema's keywords for objects; dependentSchemas is judged where it stands. */
export function judgeObject(
  { model, judge }: Judge,
  schema: JsonObject,
  value: JsonObject,
  evaluated: Evaluated | undefined,
): boolean {
  const names = Object.keys(value);
  if (names.length < (ownNumber(schema, 'minProperties') ?? 0)) return false;
  if (names.length > (ownNumber(schema, 'maxProperties') ?? Infinity)) return false;
  const has = (name: JsonValue): boolean => typeof name === 'string' && Object.hasOwn(value, name);
  if (!ownList(schema, 'required').every(has)) return false;
  for (const [name, needed] of Object.entries(ownObject(schema, 'dependentRequired'))) {
    if (has(name) && Array.isArray(needed) && !needed.every(has)) return false;
  }
  const nameSchema = own(schema, 'propertyNames');
  const properties = ownObject(schema, 'properties');
  const patterns = Object.entries(ownObject(schema, 'patternProperties'));
  const additional = own(schema, 'additionalProperties');
  const unevaluated = own(schema, 'unevaluatedProperties');
  const late: string[] = [];
  for (const name of names) {
    if (nameSchema !== undefined && !judge(toSchema(nameSchema), name)) return false;
    const member = own(value, name) ?? null;
    let isNamed = false;
    const apply = (subschema: JsonValue | undefined): boolean => {
      isNamed = true;
      return judge(toSchema(subschema), member);
    };
    if (Object.hasOwn(properties, name) && !apply(own(properties, name))) return false;
    if (!patterns.every(([pattern, each]) => !model.matches(pattern, name) || apply(each))) return false;
    if (!isNamed && additional !== undefined && !apply(additional)) return false;
    if (isNamed) evaluated?.names.add(name);
    else late.push(name);
  }
  if (unevaluated === undefined) return true;
  return late.every((name) => {
    if (evaluated?.names.has(name) === true) return true;
    evaluated?.names.add(name);
    return judge(toSchema(unevaluated), own(value, name) ?? null);
  });
}
