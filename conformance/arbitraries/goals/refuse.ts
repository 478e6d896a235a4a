import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, ownList, ownObject } from '../json.ts';
import { toSchema, type SchemaModel } from '../schema/schema-model.ts';
import type { Alternative, Choice, PendingDemand } from './alternative.ts';
import { lowerHigh, raiseLow, type Constraints } from './constraints.ts';
import { requireName } from './meet.ts';
import type { NameFinder } from './name-finder.ts';
import { refuseItems } from './refuse-items.ts';
import { refuseMembers } from './refuse-members.ts';
import { allTypes, numberTypes, toTypeBits, types } from './types.ts';

/** The ways to fail a schema: one for each of its assertions, and none for a schema without. */
export function refuseSchema(model: SchemaModel, schema: JsonObject, finder: NameFinder): Choice {
  const ways: Alternative[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    ways.push(...refuseAssertion(schema, keyword, value), ...refuseInPlace(model, schema, keyword, value));
  }
  ways.push(...refuseItems(schema), ...refuseMembers(model, schema, finder));
  return ways;
}

function refuseAssertion(schema: JsonObject, keyword: string, value: JsonValue): readonly Alternative[] {
  switch (keyword) {
    case 'type':
      return [{ constrain: (each) => void (each.types &= allTypes & ~toTypeBits(value)) }];
    case 'const':
      return [exclude([value])];
    case 'enum':
      return Array.isArray(value) ? [exclude(value)] : [];
    case 'pattern':
      return typeof value !== 'string'
        ? []
        : [only(types.string, (each) => void (each.notPatterns = [...each.notPatterns, value]))];
    case 'uniqueItems':
      return value === true ? [only(types.array, repeat)] : [];
    case 'required':
      return ownList(schema, keyword).flatMap((name) =>
        typeof name === 'string' ? [only(types.object, (each) => forbidName(each, name))] : [],
      );
    case 'dependentRequired':
      return refuseDependencies(schema);
    default:
      return typeof value === 'number' ? refuseBound(keyword, value) : [];
  }
}

function refuseBound(keyword: string, bound: number): readonly Alternative[] {
  switch (keyword) {
    case 'minimum':
    case 'exclusiveMinimum':
      return [only(numberTypes, (each) => lowerHigh(each, bound, keyword === 'minimum'))];
    case 'maximum':
    case 'exclusiveMaximum':
      return [only(numberTypes, (each) => raiseLow(each, bound, keyword === 'maximum'))];
    case 'multipleOf':
      return [only(numberTypes, (each) => void (each.notMultiples = [...each.notMultiples, bound]))];
    case 'minLength':
      return bound > 0
        ? [only(types.string, (each) => void (each.maxLength = Math.min(each.maxLength, bound - 1)))]
        : [];
    case 'maxLength':
      return [only(types.string, (each) => void (each.minLength = Math.max(each.minLength, bound + 1)))];
    case 'minItems':
      return bound > 0
        ? [only(types.array, (each) => void (each.maxItems = Math.min(each.maxItems, bound - 1)))]
        : [];
    case 'maxItems':
      return [only(types.array, (each) => void (each.minItems = Math.max(each.minItems, bound + 1)))];
    case 'minProperties':
      return bound > 0
        ? [only(types.object, (each) => void (each.maxProperties = Math.min(each.maxProperties, bound - 1)))]
        : [];
    case 'maxProperties':
      return [
        only(types.object, (each) => void (each.minProperties = Math.max(each.minProperties, bound + 1))),
      ];
    default:
      return [];
  }
}

function refuseInPlace(
  model: SchemaModel,
  schema: JsonObject,
  keyword: string,
  value: JsonValue,
): readonly Alternative[] {
  switch (keyword) {
    case '$ref':
      return typeof value === 'string' ? [{ demands: [demand(model.resolve(value), false)] }] : [];
    case 'not':
      return [{ demands: [demand(value, true)] }];
    case 'allOf':
      return ownList(schema, keyword).map((branch) => ({ demands: [demand(branch, false)] }));
    case 'anyOf':
      return [{ demands: ownList(schema, keyword).map((branch) => demand(branch, false)) }];
    case 'oneOf':
      return refuseOneOf(ownList(schema, keyword));
    case 'if':
      return ['then', 'else'].flatMap((name) =>
        Object.hasOwn(schema, name)
          ? [{ demands: [demand(value, name === 'then'), demand(own(schema, name), false)] }]
          : [],
      );
    case 'dependentSchemas':
      return Object.entries(ownObject(schema, keyword)).map(([name, dependent]) => ({
        constrain: (each) => {
          each.types &= types.object;
          requireName(each, name);
        },
        demands: [demand(dependent, false)],
      }));
    default:
      return [];
  }
}

/** None holds, or two do. */
function refuseOneOf(branches: readonly JsonValue[]): readonly Alternative[] {
  const none = { demands: branches.map((branch) => demand(branch, false)) };
  const pairs = branches.flatMap((first, index) =>
    branches.slice(index + 1).map((second) => ({ demands: [demand(first, true), demand(second, true)] })),
  );
  return [none, ...pairs.slice(0, maxPairs)];
}

const maxPairs = 64;

function refuseDependencies(schema: JsonObject): readonly Alternative[] {
  return Object.entries(ownObject(schema, 'dependentRequired')).flatMap(([name, needed]) =>
    (Array.isArray(needed) ? (needed as readonly JsonValue[]) : []).flatMap((each) =>
      typeof each !== 'string'
        ? []
        : [
            only(types.object, (constraints) => {
              requireName(constraints, name);
              forbidName(constraints, each);
            }),
          ],
    ),
  );
}

function exclude(values: readonly JsonValue[]): Alternative {
  return { constrain: (each) => void (each.excluded = [...each.excluded, ...values]) };
}

function only(bits: number, constrain: (constraints: Constraints) => void): Alternative {
  return {
    constrain: (each) => {
      each.types &= bits;
      constrain(each);
    },
  };
}

function repeat(constraints: Constraints): void {
  constraints.isRepeating = true;
  constraints.minItems = Math.max(constraints.minItems, 2);
}

function forbidName(constraints: Constraints, name: string): void {
  if (!constraints.absent.includes(name)) constraints.absent = [...constraints.absent, name];
}

/** What stays unseen by observers: a schema that fails leaves no annotations (2020-12 core, section 7.7.1.2). */
function demand(schema: JsonValue | undefined, isMet: boolean): PendingDemand {
  return { schema: toSchema(schema), isMet, observers: [] };
}
