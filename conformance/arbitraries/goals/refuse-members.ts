import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, ownObject } from '../json.ts';
import { toSchema, type SchemaModel } from '../schema/schema-model.ts';
import type { Alternative } from './alternative.ts';
import { requireName } from './meet.ts';
import type { NameFinder } from './name-finder.ts';
import { types } from './types.ts';

/** Names that no schema is likely to know. */
export const strangeNames: readonly string[] = [
  'extra',
  'x',
  'another-1',
  'Extra2',
  '𝒳',
  'a b',
  '',
  'constructor',
  '__proto__',
  '9',
];

/** The ways to fail a schema's keywords about members. */
export function refuseMembers(
  model: SchemaModel,
  schema: JsonObject,
  finder: NameFinder,
): readonly Alternative[] {
  const ways: Alternative[] = [];
  const refuseMember = (name: string, member: JsonValue | undefined, isLoose = false): void => {
    // Nothing fails it.
    if (member !== undefined && Object.keys(toSchema(member)).length === 0) return;
    ways.push({
      constrain: (each) => {
        each.types &= types.object;
        requireName(each, name);
        if (member !== undefined)
          each.members = [...each.members, [name, { schema: toSchema(member), isMet: false }]];
        each.isLoose ||= isLoose;
      },
    });
  };
  const properties = ownObject(schema, 'properties');
  const patterns = ownObject(schema, 'patternProperties');
  for (const [name, member] of Object.entries(properties)) refuseMember(name, member);
  for (const [pattern, member] of Object.entries(patterns)) {
    const known = Object.keys(properties).filter((name) => model.matches(pattern, name));
    for (const name of new Set([...finder.findMatching(pattern).slice(0, 2), ...known.slice(0, 1)])) {
      refuseMember(name, member);
    }
  }
  const isNamed = (name: string): boolean =>
    Object.hasOwn(properties, name) || Object.keys(patterns).some((pattern) => model.matches(pattern, name));
  const unnamed = strangeNames.filter((name) => !isNamed(name));
  const additional = own(schema, 'additionalProperties');
  if (additional !== undefined) for (const name of unnamed.slice(0, 4)) refuseMember(name, additional);
  const unevaluated = own(schema, 'unevaluatedProperties');
  if (unevaluated !== undefined && additional === undefined) {
    for (const name of unnamed.slice(0, 4)) refuseMember(name, unevaluated, true);
  }
  const names = own(schema, 'propertyNames');
  if (names !== undefined) {
    for (const name of finder.findNames([{ schema: toSchema(names), isMet: false }]).slice(0, 3))
      refuseMember(name, undefined);
  }
  return ways;
}
