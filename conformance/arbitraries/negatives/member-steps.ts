import type { JsonObject } from '../../../src/index.ts';
import type { GoalSpace } from '../goals/goal-space.ts';
import { strangeNames } from '../goals/refuse-members.ts';
import { own, ownList, ownObject, without, withMember } from '../json.ts';
import { satisfies } from '../schema/judge.ts';
import { toSchema } from '../schema/schema-model.ts';
import { withAll, withType } from './breach-schema.ts';
import type { Step } from './step.ts';

const maxNames = 2;

/** The ways from an object's schema to those of its members and names. */
export function listMemberSteps(space: GoalSpace, schema: JsonObject): readonly Step[] {
  const steps: Step[] = [];
  const step = (tokens: readonly string[], target: JsonObject, around: Step['around']): void => {
    steps.push({ keyword: tokens[0] ?? '', tokens, target, around });
  };
  for (const [name, member] of Object.entries(ownObject(schema, 'properties'))) {
    step(['properties', name], toSchema(member), (broken) => withBroken(schema, name, broken));
  }
  const patterns = ownObject(schema, 'patternProperties');
  for (const [pattern, member] of Object.entries(patterns)) {
    const rest = withMember(schema, 'patternProperties', without(patterns, pattern));
    for (const name of space.strings.find({ patterns: [pattern] }).slice(0, maxNames)) {
      const known = own(ownObject(schema, 'properties'), name);
      step(['patternProperties', pattern], toSchema(member), (broken) =>
        withBroken(rest, name, known === undefined ? broken : { allOf: [known, broken] }),
      );
    }
  }
  for (const keyword of ['additionalProperties', 'unevaluatedProperties']) {
    const target = own(schema, keyword);
    if (target === undefined || target === true) continue;
    for (const name of listStrangers(space, schema).slice(0, maxNames)) {
      step([keyword], toSchema(target), (broken) => withBroken(schema, name, broken));
    }
    // Others may be there that are as wrong, and cannot be left out.
    const [name] = listStrangers(space, schema);
    if (name !== undefined) {
      step([keyword], toSchema(target), (broken) => withBroken(without(schema, keyword), name, broken));
    }
  }
  const names = own(schema, 'propertyNames');
  if (names !== undefined) {
    step(['propertyNames'], toSchema(names), (broken) => {
      const wrong = space.findNames([{ schema: broken, isMet: true }]).slice(0, maxNames);
      const ways = wrong.map((name) => ({
        required: [name],
        propertyNames: { anyOf: [names, { const: name }] },
      }));
      return withAll(without(schema, 'propertyNames'), { type: 'object', anyOf: ways });
    });
  }
  for (const [name, dependent] of Object.entries(ownObject(schema, 'dependentSchemas'))) {
    const rest = withMember(schema, 'dependentSchemas', without(ownObject(schema, 'dependentSchemas'), name));
    step(['dependentSchemas', name], toSchema(dependent), (broken) =>
      withAll(rest, { type: 'object', required: [name] }, broken),
    );
  }
  return steps;
}

/** The schema for objects with a broken member of that name. */
function withBroken(schema: JsonObject, name: string, broken: JsonObject): JsonObject {
  const properties = withMember(ownObject(schema, 'properties'), name, broken);
  const required = [...ownList(schema, 'required').filter((each) => each !== name), name];
  const object = withMember(withMember(schema, 'properties', properties), 'required', required);
  return withType(object, 'object');
}

function listStrangers(space: GoalSpace, schema: JsonObject): readonly string[] {
  const names = own(schema, 'propertyNames');
  const allowed = names === undefined ? [] : space.findNames([{ schema: toSchema(names), isMet: true }]);
  const patterns = Object.keys(ownObject(schema, 'patternProperties'));
  return [...strangeNames, ...allowed].filter(
    (name) =>
      !Object.hasOwn(ownObject(schema, 'properties'), name) &&
      !patterns.some((pattern) => space.model.matches(pattern, name)) &&
      (names === undefined || satisfies(space.model, toSchema(names), name)),
  );
}
