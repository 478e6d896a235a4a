/** A finite number exactly as it is written: `digits` times ten to the power of `exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The decimal that a finite number is written as. */
function toDecimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** The nearest number. */
export function toNumber({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}

/** The digits at an exponent that is at most the decimal's own. */
function digitsAt({ digits, exponent }: Decimal, at: number): bigint {
  return digits * 10n ** BigInt(exponent - at);
}

/** True when the quotient of the two, as they are written, is whole (2020-12 validation, section 6.2.1). */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (!Number.isFinite(value) || divisor === 0) return false;
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  const [dividend, by] = [toDecimal(value), toDecimal(divisor)];
  const exponent = Math.min(dividend.exponent, by.exponent);
  return digitsAt(dividend, exponent) % digitsAt(by, exponent) === 0n;
}

/** The smallest positive decimal that is a multiple of all divisors; undefined for none of them. */
export function leastCommonMultiple(divisors: readonly number[]): Decimal | undefined {
  let common: Decimal | undefined;
  for (const divisor of divisors) {
    const next = toDecimal(divisor);
    if (common === undefined) {
      common = next;
      continue;
    }
    const exponent: number = Math.min(common.exponent, next.exponent);
    const [a, b]: [bigint, bigint] = [digitsAt(common, exponent), digitsAt(next, exponent)];
    common = { digits: (a / greatestCommonDivisor(a, b)) * b, exponent };
  }
  return common;
}

/** The smallest k with `k * step >= bound`. */
export function ceilQuotient(bound: number, step: Decimal): bigint {
  return -floorDivide(-bound, step);
}

/** The largest k with `k * step <= bound`. */
export function floorQuotient(bound: number, step: Decimal): bigint {
  return floorDivide(bound, step);
}

function floorDivide(bound: number, step: Decimal): bigint {
  const dividend = toDecimal(bound);
  const exponent = Math.min(dividend.exponent, step.exponent);
  const [a, b] = [digitsAt(dividend, exponent), digitsAt(step, exponent)];
  const quotient = a / b;
  return a % b !== 0n && a < 0n ? quotient - 1n : quotient;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}
