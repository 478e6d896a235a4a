import type { JsonObject } from '../../../src/index.ts';
import { own, ownList, ownNumber, without, withMember } from '../json.ts';
import { anySchema, toSchema } from '../schema/schema-model.ts';
import { withAll, withType } from './breach-schema.ts';
import type { Step } from './step.ts';

/** How many items may have been evaluated by others. */
const maxEvaluated = 4;

/** The ways from an array's schema to those of its items. */
export function listItemSteps(schema: JsonObject): readonly Step[] {
  const steps: Step[] = [];
  const step = (tokens: readonly string[], target: JsonObject, around: Step['around']): void => {
    steps.push({ keyword: tokens[0] ?? '', tokens, target, around });
  };
  const prefix = ownList(schema, 'prefixItems');
  for (const [index, item] of prefix.entries()) {
    step(['prefixItems', String(index)], toSchema(item), (broken) =>
      withArray(withMember(schema, 'prefixItems', prefix.with(index, broken)), index + 1),
    );
  }
  const items = own(schema, 'items');
  if (items !== undefined) {
    step(['items'], toSchema(items), (broken) =>
      withArray(withMember(schema, 'prefixItems', [...prefix, broken]), prefix.length + 1),
    );
    // Only the second and those after it may go unchecked.
    step(['items'], toSchema(items), (broken) =>
      withArray(withMember(schema, 'prefixItems', [...prefix, items, broken]), prefix.length + 2),
    );
  }
  const unevaluated = own(schema, 'unevaluatedItems');
  if (unevaluated !== undefined && items === undefined) {
    for (let before = prefix.length; before <= prefix.length + maxEvaluated; before += 1) {
      step(['unevaluatedItems'], toSchema(unevaluated), (broken) => {
        const free = Array.from({ length: before }, () => anySchema);
        const exact = {
          prefixItems: [...free, broken],
          minItems: before + 1,
          maxItems: before + 1,
          type: 'array',
        };
        return withAll(without(schema, 'unevaluatedItems'), exact);
      });
    }
  }
  return [...steps, ...listContainsSteps(schema)];
}

/** No item matches, but some would if it were not for what is broken. */
function listContainsSteps(schema: JsonObject): readonly Step[] {
  const contains = own(schema, 'contains');
  const min = ownNumber(schema, 'minContains') ?? 1;
  if (contains === undefined || min === 0) return [];
  const rest = without(schema, 'contains', 'minContains', 'maxContains');
  const around = (broken: JsonObject): JsonObject =>
    withAll(rest, { type: 'array', contains: broken, minContains: min }, { not: { contains } });
  return [{ keyword: 'contains', tokens: ['contains'], target: toSchema(contains), around }];
}

function withArray(schema: JsonObject, minItems: number): JsonObject {
  const array = withMember(schema, 'minItems', Math.max(minItems, ownNumber(schema, 'minItems') ?? 0));
  return withType(array, 'array');
}
