import type { JsonObject } from '../../json/value.ts';
import { keywords } from './keywords.ts';

/** Keywords that read each other when they stand in one schema (2020-12 core, section 10; validation, section 6.4). */
const groups: readonly (readonly string[])[] = [
  ['properties', 'patternProperties', 'additionalProperties'],
  ['prefixItems', 'items'],
  ['contains', 'minContains', 'maxContains'],
  ['if', 'then', 'else'],
  ['contentEncoding', 'contentMediaType', 'contentSchema'],
];

/**
 * True when a reference's target and its siblings can stand in one schema, and mean there what they meant apart.
 */
export function canMerge(target: JsonObject, siblings: JsonObject): boolean {
  if (Object.keys(siblings).some((key) => Object.hasOwn(target, key))) return false;
  if (groups.some((group) => hasAny(target, group) && hasAny(siblings, group))) return false;
  // Unevaluated* in the target does not see what the siblings evaluate; in one schema it would.
  return !hasAny(target, ['unevaluatedItems', 'unevaluatedProperties']) || !canEvaluate(siblings);
}

function hasAny(schema: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(schema, name));
}

function canEvaluate(schema: JsonObject): boolean {
  return Object.keys(schema).some((name) => {
    const role = keywords.get(name)?.role;
    return role === 'applicator' || role === 'reference';
  });
}
