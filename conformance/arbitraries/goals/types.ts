import type { JsonValue } from '../../../src/index.ts';

/** Types as sets of bits; numbers are whole or not. */
export const types = {
  null: 1,
  boolean: 2,
  whole: 4,
  fraction: 8,
  string: 16,
  array: 32,
  object: 64,
} as const;

/** Every type. */
export const allTypes = 127;
/** Whole or not. */
export const numberTypes: number = types.whole | types.fraction;

/** The bits of `type`'s value. */
export function toTypeBits(value: JsonValue): number {
  const names: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return names.reduce<number>((bits, name) => bits | bitsOfName(name), 0);
}

function bitsOfName(name: JsonValue): number {
  switch (name) {
    case 'null':
    case 'boolean':
    case 'string':
    case 'array':
    case 'object':
      return types[name];
    case 'integer':
      return types.whole;
    case 'number':
      return numberTypes;
    default:
      return 0;
  }
}
