import type { Draw } from '../draw.ts';
import {
  ceilQuotient,
  floorQuotient,
  isMultipleOf,
  leastCommonMultiple,
  toNumber,
  type Decimal,
} from '../decimal.ts';
import type { Constraints } from '../goals/constraints.ts';
import { types } from '../goals/types.ts';

const maxTries = 24;
/** How far from a bound ordinary numbers lie. */
const reach = 1_000;

/** True when some number meets the constraints, as far as the numbers near the bounds tell. */
export function isNumberPossible(constraints: Constraints): boolean {
  return listEdgeNumbers(constraints).length > 0;
}

/** A number within the constraints; undefined when none was found. */
export function drawNumber(constraints: Constraints, draw: Draw): number | undefined {
  if (draw.kind !== 'random' || draw.chance(0.3)) return pickEdge(constraints, draw);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const value = drawCandidate(constraints, draw);
    if (isNumberWithin(constraints, value)) return value;
  }
  return pickEdge(constraints, draw);
}

/** The numbers at and next to the bounds and around zero, the ones that matter most first. */
export function listEdgeNumbers(constraints: Constraints): readonly number[] {
  const { low, high } = constraints;
  const step = toStep(constraints);
  const candidates: number[] = [];
  if (step !== undefined) {
    const [first, last] = toQuotients(constraints, step);
    const near = [
      first,
      first === undefined ? undefined : first + 1n,
      last,
      last === undefined ? undefined : last - 1n,
    ];
    for (const quotient of [...near, 0n, 1n, -1n, 2n, -2n, 3n, 5n, 7n]) {
      if (quotient !== undefined)
        candidates.push(toNumber({ digits: quotient * step.digits, exponent: step.exponent }));
    }
    // Where a step is not to be met, its neighbours are tried.
    if (first !== undefined)
      for (let k = 2n; k < 12n; k += 1n)
        candidates.push(toNumber({ digits: (first + k) * step.digits, exponent: step.exponent }));
  }
  if (step === undefined || constraints.notMultiples.length > 0) {
    for (const bound of [low, high]) {
      if (Number.isFinite(bound))
        candidates.push(
          bound,
          bound + 1,
          bound - 1,
          bound + 0.5,
          bound - 0.5,
          nextUp(bound),
          nextDown(bound),
        );
    }
    if (Number.isFinite(low) && Number.isFinite(high))
      candidates.push(low + (high - low) / 2, low + (high - low) / 4);
    candidates.push(0, 1, -1, 0.5, -0.5, 1.5, 2, 3, 7, 11, 0.1, 12.75, -3.25, 1e-7, 1e16);
    for (const divisor of constraints.notMultiples)
      candidates.push(divisor / 2, divisor * 1.5, divisor + 1, Math.max(low, 0) + divisor / 4);
  }
  const distinct = new Set(candidates.map((value) => (value === 0 ? 0 : value)));
  return [...distinct].filter((value) => isNumberWithin(constraints, value));
}

/** True when a number meets the constraints. */
function isNumberWithin(constraints: Constraints, value: number): boolean {
  const { low, high, isLowOpen, isHighOpen } = constraints;
  if (!Number.isFinite(value) || value < low || value > high) return false;
  if ((isLowOpen && value === low) || (isHighOpen && value === high)) return false;
  if ((constraints.types & (Number.isInteger(value) ? types.whole : types.fraction)) === 0) return false;
  if (!constraints.multiples.every((divisor) => isMultipleOf(value, divisor))) return false;
  if (constraints.notMultiples.some((divisor) => isMultipleOf(value, divisor))) return false;
  return !constraints.excluded.includes(value);
}

function pickEdge(constraints: Constraints, draw: Draw): number | undefined {
  const edges = listEdgeNumbers(constraints);
  if (draw.kind === 'simplest' && edges.includes(0)) return 0;
  return edges.length === 0 ? undefined : draw.pick(edges);
}

function drawCandidate(constraints: Constraints, draw: Draw): number {
  const step = toStep(constraints);
  if (step !== undefined) {
    const [first, last] = toQuotients(constraints, step);
    const start = first ?? (last === undefined ? BigInt(-reach) : last - BigInt(reach));
    const end =
      last ?? start + BigInt(first === undefined ? 2 * reach : draw.pick([reach, reach, 2 ** 31, 2 ** 50]));
    const width = end - start;
    const span = width > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(width);
    const quotient = start + BigInt(draw.integer(0, Math.max(0, span)));
    return toNumber({ digits: quotient * step.digits, exponent: step.exponent });
  }
  const low = Number.isFinite(constraints.low) ? constraints.low : Math.min(-reach, constraints.high - reach);
  const high = Number.isFinite(constraints.high)
    ? constraints.high
    : Math.max(reach, constraints.low + reach);
  const share = draw.integer(0, 1_000_000) / 1_000_000;
  const value = low + (high - low) * share;
  // Numbers as people write them, and some with all their digits.
  const digits = draw.pick([0, 1, 2, 2, 15]);
  const rounded = digits === 15 ? value : Number(value.toFixed(digits));
  return rounded === 0 ? 0 : rounded;
}

function toStep(constraints: Constraints): Decimal | undefined {
  const isWhole = (constraints.types & types.fraction) === 0;
  if (constraints.multiples.length === 0 && !isWhole) return undefined;
  return leastCommonMultiple(isWhole ? [1, ...constraints.multiples] : constraints.multiples);
}

/** The smallest and the largest quotient by the step within the bounds. */
function toQuotients(
  { low, high, isLowOpen, isHighOpen }: Constraints,
  step: Decimal,
): readonly [bigint | undefined, bigint | undefined] {
  const size = toNumber(step);
  const first = Number.isFinite(low) ? ceilQuotient(low, step) : undefined;
  const last = Number.isFinite(high) ? floorQuotient(high, step) : undefined;
  const isAt = (quotient: bigint, bound: number): boolean =>
    Number(quotient) * size === bound || isMultipleOf(bound, size);
  return [
    first === undefined ? undefined : isLowOpen && isAt(first, low) ? first + 1n : first,
    last === undefined ? undefined : isHighOpen && isAt(last, high) ? last - 1n : last,
  ];
}

function nextUp(value: number): number {
  return value + Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
}

function nextDown(value: number): number {
  return value - Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
}
