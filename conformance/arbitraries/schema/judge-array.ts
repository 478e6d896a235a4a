import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, ownList, ownNumber, toIdentity } from '../json.ts';
import type { Evaluated, Judge } from './judge-context.ts';
import { toSchema } from './schema-model.ts';

/** True when an array meets the schema's keywords for arrays. */
export function judgeArray(
  { judge }: Judge,
  schema: JsonObject,
  items: readonly JsonValue[],
  evaluated: Evaluated | undefined,
): boolean {
  if (items.length < (ownNumber(schema, 'minItems') ?? 0)) return false;
  if (items.length > (ownNumber(schema, 'maxItems') ?? Infinity)) return false;
  if (own(schema, 'uniqueItems') === true && new Set(items.map(toIdentity)).size < items.length) return false;
  const prefix = ownList(schema, 'prefixItems');
  const rest = own(schema, 'items');
  for (const [index, item] of items.entries()) {
    const subschema = index < prefix.length ? prefix[index] : rest;
    if (subschema === undefined) continue;
    if (!judge(toSchema(subschema), item)) return false;
    evaluated?.items.add(index);
  }
  if (!judgeContains({ judge }, schema, items, evaluated)) return false;
  const unevaluated = own(schema, 'unevaluatedItems');
  if (unevaluated === undefined) return true;
  return items.every((item, index) => {
    if (evaluated?.items.has(index) === true) return true;
    evaluated?.items.add(index);
    return judge(toSchema(unevaluated), item);
  });
}

function judgeContains(
  { judge }: Pick<Judge, 'judge'>,
  schema: JsonObject,
  items: readonly JsonValue[],
  evaluated: Evaluated | undefined,
): boolean {
  const contains = own(schema, 'contains');
  if (contains === undefined) return true;
  let count = 0;
  for (const [index, item] of items.entries()) {
    if (!judge(toSchema(contains), item)) continue;
    evaluated?.items.add(index);
    count += 1;
  }
  return (
    count >= (ownNumber(schema, 'minContains') ?? 1) &&
    count <= (ownNumber(schema, 'maxContains') ?? Infinity)
  );
}
