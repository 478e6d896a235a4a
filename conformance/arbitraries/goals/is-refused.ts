import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, ownList, ownObject, toIdentity } from '../json.ts';
import { toSchema, type SchemaModel } from '../schema/schema-model.ts';
import type { Constraints } from './constraints.ts';
import { toTypeBits, types } from './types.ts';

/**
 * True when no value within the constraints can satisfy the schema, as far as types, listed values and the members that
 * tell variants apart show it: what is refused anyway needs no choice.
 */
export function isRefused(model: SchemaModel, constraints: Constraints, schema: JsonObject): boolean {
  const type = own(schema, 'type');
  if (type !== undefined && (toTypeBits(type) & constraints.types) === 0) return true;
  const listed = listValues(schema);
  if (listed !== undefined && constraints.values !== undefined) {
    const identities = new Set(listed.map(toIdentity));
    if (constraints.values.every((value) => !identities.has(toIdentity(value)))) return true;
  }
  const reference = own(schema, '$ref');
  if (typeof reference === 'string' && isRefused(model, constraints, model.resolve(reference))) return true;
  if (ownList(schema, 'allOf').some((branch) => isRefused(model, constraints, toSchema(branch)))) return true;
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = ownList(schema, keyword);
    if (branches.length > 0 && branches.every((branch) => isRefused(model, constraints, toSchema(branch))))
      return true;
  }
  if (constraints.types !== types.object) return false;
  if (
    ownList(schema, 'required').some((name) => typeof name === 'string' && constraints.absent.includes(name))
  )
    return true;
  return Object.entries(ownObject(schema, 'properties')).some(
    ([name, member]) =>
      constraints.required.includes(name) && isMemberRefused(constraints, name, toSchema(member)),
  );
}

function isMemberRefused(constraints: Constraints, name: string, member: JsonObject): boolean {
  const refused = listValues(member);
  const identities = new Set(refused?.map(toIdentity));
  return constraints.sources.some((source) => {
    const other = toSchema(own(ownObject(source, 'properties'), name));
    const values = listValues(other);
    if (values !== undefined && refused !== undefined) {
      return values.every((value) => !identities.has(toIdentity(value)));
    }
    const [type, otherType] = [own(member, 'type'), own(other, 'type')];
    return type !== undefined && otherType !== undefined && (toTypeBits(type) & toTypeBits(otherType)) === 0;
  });
}

function listValues(schema: JsonObject): readonly JsonValue[] | undefined {
  const only = own(schema, 'const');
  if (only !== undefined) return [only];
  const values = own(schema, 'enum');
  return Array.isArray(values) ? values : undefined;
}
