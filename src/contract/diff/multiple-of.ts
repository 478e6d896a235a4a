/**
 * Whether `value` is `divisor` times an integer, by exact decimal arithmetic; undefined for numbers too large or too
 * small to write out (JSON Schema validation 6.2.1).
 */
export function isMultipleOf(value: number, divisor: number): boolean | undefined {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  const [top, bottom] = [toDecimal(value), toDecimal(divisor)];
  if (top === undefined || bottom === undefined) return undefined;
  const places = Math.max(top.places, bottom.places);
  const dividend = top.digits * 10n ** BigInt(places - top.places);
  const by = bottom.digits * 10n ** BigInt(places - bottom.places);
  return by === 0n ? undefined : dividend % by === 0n;
}

interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

function toDecimal(value: number): Decimal | undefined {
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const places = fraction.length - Number(exponent);
  if (Math.abs(places) > 400) return undefined;
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}
