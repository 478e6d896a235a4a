import type { JsonObject, JsonValue } from '../../../src/index.ts';
import type { GoalSpace } from '../goals/goal-space.ts';
import { own, ownList, without, withMember } from '../json.ts';
import { toSchema } from '../schema/schema-model.ts';
import { withAll } from './breach-schema.ts';
import { listItemSteps } from './item-steps.ts';
import { listMemberSteps } from './member-steps.ts';
import type { Step } from './step.ts';

/** The ways into a schema, by which assertions inside of it are reached. */
export function listSteps(space: GoalSpace, schema: JsonObject): readonly Step[] {
  return [...listInPlaceSteps(space, schema), ...listMemberSteps(space, schema), ...listItemSteps(schema)];
}

function listInPlaceSteps({ model }: GoalSpace, schema: JsonObject): readonly Step[] {
  const steps: Step[] = [];
  const step = (tokens: readonly string[], target: JsonObject, around: Step['around']): void => {
    steps.push({ keyword: tokens[0] ?? '$ref', tokens, target, around });
  };
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') {
    step([], model.resolve(reference), (broken) => withAll(without(schema, '$ref'), broken));
  }
  const all = ownList(schema, 'allOf');
  for (const [index, branch] of all.entries()) {
    step(['allOf', String(index)], toSchema(branch), (broken) =>
      withMember(
        schema,
        'allOf',
        all.map((other, at) => (at === index ? broken : other)),
      ),
    );
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = ownList(schema, keyword);
    for (const [index, branch] of branches.entries()) {
      step([keyword, String(index)], toSchema(branch), (broken) => {
        const others = branches.filter((_other, at) => at !== index).map((not) => ({ not }));
        return withAll(without(schema, keyword), broken, ...others);
      });
    }
  }
  return [...steps, ...listConditionalSteps(schema)];
}

function listConditionalSteps(schema: JsonObject): readonly Step[] {
  const steps: Step[] = [];
  const condition = own(schema, 'if');
  const rest = without(schema, 'if', 'then', 'else');
  for (const keyword of condition === undefined ? [] : ['then', 'else']) {
    const target = own(schema, keyword);
    if (target === undefined || condition === undefined) continue;
    const holds: JsonValue = keyword === 'then' ? condition : { not: condition };
    steps.push({
      keyword,
      tokens: [keyword],
      target: toSchema(target),
      around: (broken) => withAll(rest, toSchema(holds), broken),
    });
  }
  // Where the condition fails for one reason only, and what then applies fails too.
  const otherwise = own(schema, 'else');
  if (condition !== undefined && otherwise !== undefined) {
    const then = toSchema(own(schema, 'then'));
    const around = (broken: JsonObject): JsonObject => withAll(rest, broken, then, { not: otherwise });
    steps.push({ keyword: 'if', tokens: ['if'], target: toSchema(condition), around });
  }
  return steps;
}
