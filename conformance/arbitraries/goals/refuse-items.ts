import type { JsonObject } from '../../../src/index.ts';
import { own, ownList, ownNumber } from '../json.ts';
import { toSchema } from '../schema/schema-model.ts';
import type { Alternative } from './alternative.ts';
import type { Constraints } from './constraints.ts';
import { types } from './types.ts';

/** The ways to fail a schema's keywords about items. */
export function refuseItems(schema: JsonObject): readonly Alternative[] {
  const ways: Alternative[] = [];
  const prefix = ownList(schema, 'prefixItems');
  const refuseItem = (index: number, item: JsonObject, isLoose: boolean): void => {
    // Nothing fails it.
    if (Object.keys(item).length === 0) return;
    ways.push({
      constrain: (each) => {
        each.types &= types.array;
        each.minItems = Math.max(each.minItems, index + 1);
        each.items = [...each.items, [index, { schema: item, isMet: false }]];
        each.isLoose ||= isLoose;
      },
    });
  };
  for (const [index, item] of prefix.entries()) refuseItem(index, toSchema(item), false);
  const rest = own(schema, 'items');
  if (rest !== undefined) {
    refuseItem(prefix.length, toSchema(rest), false);
    refuseItem(prefix.length + 1, toSchema(rest), false);
  }
  const unevaluated = own(schema, 'unevaluatedItems');
  // Which items others have evaluated shows in the end.
  if (unevaluated !== undefined && rest === undefined) {
    for (let index = prefix.length; index < prefix.length + 4; index += 1)
      refuseItem(index, toSchema(unevaluated), true);
  }
  return [...ways, ...refuseContains(schema)];
}

function refuseContains(schema: JsonObject): readonly Alternative[] {
  const contains = own(schema, 'contains');
  if (contains === undefined) return [];
  const min = ownNumber(schema, 'minContains') ?? 1;
  const max = ownNumber(schema, 'maxContains') ?? Infinity;
  const limit = (from: number, to: number) => (each: Constraints) => {
    each.types &= types.array;
    each.contains = [...each.contains, { schema: toSchema(contains), min: from, max: to }];
  };
  return [
    ...(min > 0 ? [{ constrain: limit(0, min - 1) }] : []),
    ...(max < Infinity ? [{ constrain: limit(max + 1, Infinity) }] : []),
  ];
}
