import type { JsonObject, JsonValue } from '../../../src/index.ts';
import type { Demand } from './demand.ts';
import { allTypes, numberTypes, types } from './types.ts';

/** What `contains` asks of an array's items. */
export interface ContainsConstraint {
  readonly schema: JsonObject;
  readonly min: number;
  readonly max: number;
}

/** A schema whose unevaluatedProperties or unevaluatedItems count, with those whose annotations it sees. */
interface Observer {
  readonly schema: JsonObject;
  readonly seen: JsonObject[];
}

/** A conjunction of simple constraints on a value: what is left of a goal once its alternatives are chosen. */
export interface Constraints {
  types: number;
  /** The only values there are; undefined when nothing lists them. */
  values: readonly JsonValue[] | undefined;
  excluded: readonly JsonValue[];
  low: number;
  isLowOpen: boolean;
  high: number;
  isHighOpen: boolean;
  multiples: readonly number[];
  notMultiples: readonly number[];
  minLength: number;
  maxLength: number;
  patterns: readonly string[];
  notPatterns: readonly string[];
  format: string | undefined;
  minItems: number;
  maxItems: number;
  isUnique: boolean;
  /** Two items have to be equal. */
  isRepeating: boolean;
  contains: readonly ContainsConstraint[];
  /** Demands on single items beside those of the sources. */
  items: readonly (readonly [index: number, demand: Demand])[];
  minProperties: number;
  maxProperties: number;
  required: readonly string[];
  absent: readonly string[];
  dependentRequired: readonly (readonly [name: string, needed: readonly string[]])[];
  /** Demands on single members beside those of the sources. */
  members: readonly (readonly [name: string, demand: Demand])[];
  /** Demands on every name. */
  names: readonly Demand[];
  /** Schemas that apply to items and members; all are met. */
  sources: readonly JsonObject[];
  observers: readonly Observer[];
  /** Examples and defaults that the schemas give; right or wrong. */
  given: readonly JsonValue[];
  /** Not all that was demanded is in here: what is built has to be judged. */
  isLoose: boolean;
}

/** No constraint at all. */
export function createConstraints(): Constraints {
  return {
    types: allTypes,
    values: undefined,
    excluded: [],
    low: -Infinity,
    isLowOpen: false,
    high: Infinity,
    isHighOpen: false,
    multiples: [],
    notMultiples: [],
    minLength: 0,
    maxLength: Infinity,
    patterns: [],
    notPatterns: [],
    format: undefined,
    minItems: 0,
    maxItems: Infinity,
    isUnique: false,
    isRepeating: false,
    contains: [],
    items: [],
    minProperties: 0,
    maxProperties: Infinity,
    required: [],
    absent: [],
    dependentRequired: [],
    members: [],
    names: [],
    sources: [],
    observers: [],
    given: [],
    isLoose: false,
  };
}

/** A copy that can be constrained further on its own. */
export function copyConstraints(constraints: Constraints): Constraints {
  return {
    ...constraints,
    observers: constraints.observers.map(({ schema, seen }) => ({ schema, seen: [...seen] })),
  };
}

/** Raises the lower bound. */
export function raiseLow(constraints: Constraints, bound: number, isOpen: boolean): void {
  if (bound < constraints.low) return;
  constraints.isLowOpen = isOpen || (bound === constraints.low && constraints.isLowOpen);
  constraints.low = bound;
}

/** Lowers the upper bound. */
export function lowerHigh(constraints: Constraints, bound: number, isOpen: boolean): void {
  if (bound > constraints.high) return;
  constraints.isHighOpen = isOpen || (bound === constraints.high && constraints.isHighOpen);
  constraints.high = bound;
}

/** Leaves out the types that the constraints make impossible; zero types are a contradiction. */
export function dropImpossibleTypes(constraints: Constraints): void {
  const drop = (bits: number, isImpossible: boolean): void => {
    if (isImpossible) constraints.types &= ~bits;
  };
  const { low, high, isLowOpen, isHighOpen } = constraints;
  drop(numberTypes, low > high || (low === high && (isLowOpen || isHighOpen)));
  drop(types.string, constraints.minLength > constraints.maxLength);
  drop(
    types.array,
    constraints.minItems > constraints.maxItems || (constraints.isUnique && constraints.isRepeating),
  );
  drop(
    types.object,
    Math.max(constraints.minProperties, constraints.required.length) > constraints.maxProperties ||
      constraints.required.some((name) => constraints.absent.includes(name)),
  );
  if (constraints.values?.length === 0) constraints.types = 0;
}
