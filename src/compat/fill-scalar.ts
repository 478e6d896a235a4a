import type { JsonValue } from '../json/value.ts';
import type { FillErrorType } from './fill-error.ts';
import type { Scalar } from './form.ts';

/** How well a value fits a form: as it is, as a kind of it, or only once converted. */
export const fit = { exact: 2, strict: 1, lax: 0 } as const;

/** One of {@link fit}. */
export type Fit = (typeof fit)[keyof typeof fit];

/** A scalar read as a form says, or why it cannot be. */
export type FilledScalar =
  | { readonly kind: 'filled'; readonly value: JsonValue; readonly fit: Fit }
  | { readonly kind: 'refused'; readonly type: FillErrorType };

/** Reads a value as a scalar, converting what says the same in another type: "5", 5.0 and true are integers. */
export function fillScalar(kind: Scalar['kind'], value: JsonValue): FilledScalar {
  switch (kind) {
    case 'any':
      return filled(value, fit.strict);
    case 'null':
      return value === null ? filled(value, fit.exact) : refused('none_required');
    case 'string':
      return typeof value === 'string' ? filled(value, fit.exact) : refused('string_type');
    case 'integer':
      return fillInteger(value);
    case 'number':
      return fillNumber(value);
    case 'boolean':
      return fillBoolean(value);
  }
}

/** The digits of a text that stands for an integer; undefined when it stands for none. */
export function integerIn(text: string): string | undefined {
  const match = /^\s*([+-]?)(\d+(?:_\d+)*)(?:\.0*)?\s*$/.exec(text);
  if (match === null) return undefined;
  const digits = (match[2] ?? '').replaceAll('_', '').replace(/^0+(?=\d)/, '');
  return match[1] === '-' && digits !== '0' ? `-${digits}` : digits;
}

// Longer ones are refused, as they are there: whoever reads them pays more than linear time.
const maxDigits = 4_300;

function fillInteger(value: JsonValue): FilledScalar {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? filled(value, fit.exact) : refused('int_from_float');
    case 'boolean':
      return filled(value ? 1 : 0, fit.lax);
    case 'string': {
      const digits = value.length > maxDigits ? undefined : integerIn(value);
      return digits === undefined ? refused('int_parsing') : filled(Number(digits), fit.lax);
    }
    default:
      return refused('int_type');
  }
}

function fillNumber(value: JsonValue): FilledScalar {
  switch (typeof value) {
    case 'number':
      return filled(value, Number.isInteger(value) ? fit.strict : fit.exact);
    case 'boolean':
      return filled(value ? 1 : 0, fit.lax);
    case 'string': {
      const number = numberIn(value);
      return number === undefined ? refused('float_parsing') : filled(number, fit.lax);
    }
    default:
      return refused('float_type');
  }
}

function numberIn(text: string): number | undefined {
  if (!/^\s*[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?\s*$/.test(text))
    return undefined;
  const number = Number(text.replaceAll('_', ''));
  return Number.isFinite(number) ? number : undefined;
}

const words = new Map([
  ...['1', 'true', 't', 'yes', 'y', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'f', 'no', 'n', 'off'].map((word) => [word, false] as const),
]);

function fillBoolean(value: JsonValue): FilledScalar {
  switch (typeof value) {
    case 'boolean':
      return filled(value, fit.exact);
    case 'number':
      if (value === 0 || value === 1) return filled(value === 1, fit.lax);
      return refused(Number.isSafeInteger(value) ? 'bool_parsing' : 'bool_type');
    case 'string': {
      const known = words.get(value.toLowerCase());
      return known === undefined ? refused('bool_parsing') : filled(known, fit.lax);
    }
    default:
      return refused('bool_type');
  }
}

function filled(value: JsonValue, how: Fit): FilledScalar {
  return { kind: 'filled', value, fit: how };
}

function refused(type: FillErrorType): FilledScalar {
  return { kind: 'refused', type };
}
