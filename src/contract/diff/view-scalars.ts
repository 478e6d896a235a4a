import type { JsonValue } from '../../json/value.ts';
import { own } from '../schema/own-property.ts';
import type { Flat } from './flatten.ts';
import type { Bound, NumberView, StringView } from './view.ts';

/** The numeric keywords of a node. */
export function viewNumbers(flats: readonly Flat[]): NumberView {
  let lower: Bound = { value: -Infinity, isExclusive: false };
  let upper: Bound = { value: Infinity, isExclusive: false };
  for (const { schema } of flats) {
    for (const [keyword, isExclusive] of [
      ['minimum', false],
      ['exclusiveMinimum', true],
    ] as const) {
      const value = own(schema, keyword);
      if (typeof value === 'number' && isTighter(value, lower.value, isExclusive, lower))
        lower = { value, isExclusive };
    }
    for (const [keyword, isExclusive] of [
      ['maximum', false],
      ['exclusiveMaximum', true],
    ] as const) {
      const value = own(schema, keyword);
      if (typeof value === 'number' && isTighter(-value, -upper.value, isExclusive, upper))
        upper = { value, isExclusive };
    }
  }
  const multiples = flats
    .map(({ schema }) => own(schema, 'multipleOf'))
    .filter((value) => typeof value === 'number');
  return { lower, upper, multiples };
}

/** The same for integers: each bound is the integer it amounts to. */
export function toIntegers({ lower, upper, multiples }: NumberView): NumberView {
  const first = Math.ceil(lower.value);
  const last = Math.floor(upper.value);
  return {
    lower: { value: lower.isExclusive && first === lower.value ? first + 1 : first, isExclusive: false },
    upper: { value: upper.isExclusive && last === upper.value ? last - 1 : last, isExclusive: false },
    multiples,
  };
}

/** The keywords on strings. */
export function viewStrings(flats: readonly Flat[], areFormatsAsserted: boolean): StringView {
  const patterns = texts(flats, 'pattern');
  const formats = areFormatsAsserted ? texts(flats, 'format') : [];
  return {
    min: Math.max(0, ...numbers(flats, 'minLength')),
    max: Math.min(Infinity, ...numbers(flats, 'maxLength')),
    patterns: new Set(patterns),
    formats: new Set(formats),
  };
}

/** The values of a keyword that are numbers. */
export function numbers(flats: readonly Flat[], keyword: string): readonly number[] {
  return values(flats, keyword).filter((value) => typeof value === 'number');
}

function texts(flats: readonly Flat[], keyword: string): readonly string[] {
  return values(flats, keyword).filter((value) => typeof value === 'string');
}

function values(flats: readonly Flat[], keyword: string): readonly JsonValue[] {
  return flats.map(({ schema }) => own(schema, keyword)).filter((value) => value !== undefined);
}

function isTighter(value: number, than: number, isExclusive: boolean, bound: Bound): boolean {
  return value > than || (value === than && isExclusive && !bound.isExclusive);
}
