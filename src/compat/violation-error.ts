import type { Violation } from '../errors.ts';
import type { JsonValue } from '../json/value.ts';
import type { FillError } from './fill-error.ts';

/** JSON Schema keyword → what mcpo's clients would call its failure, had mcpo kept the keyword. */
const types: ReadonlyMap<string, string> = new Map([
  ['enum', 'literal_error'],
  ['const', 'literal_error'],
  ['minimum', 'greater_than_equal'],
  ['exclusiveMinimum', 'greater_than'],
  ['maximum', 'less_than_equal'],
  ['exclusiveMaximum', 'less_than'],
  ['multipleOf', 'multiple_of'],
  ['minLength', 'string_too_short'],
  ['maxLength', 'string_too_long'],
  ['pattern', 'string_pattern_mismatch'],
  ['minItems', 'too_short'],
  ['minProperties', 'too_short'],
  ['maxItems', 'too_long'],
  ['maxProperties', 'too_long'],
  ['required', 'missing'],
  ['dependentRequired', 'missing'],
  ['additionalProperties', 'extra_forbidden'],
  ['unevaluatedProperties', 'extra_forbidden'],
]);

/** A violation of the contract, in the shape of the errors beside which it stands. */
export function toViolationError(violation: Violation, root: JsonValue): FillError {
  const { pointer, keyword, message, missing } = violation;
  const path = toPath(pointer, root);
  if (missing !== undefined) {
    return { type: 'missing', loc: ['body', ...path, missing], msg: 'Field required', path };
  }
  return {
    type: types.get(keyword) ?? 'value_error',
    loc: ['body', ...path],
    msg: `Input should ${message.replace(/^must (NOT )?/, (_all, not?: string) => (not === undefined ? '' : 'not '))}`,
    path,
  };
}

/** Keys and indices of a JSON Pointer (RFC 6901 section 4); what is an index is known from the value. */
function toPath(pointer: string, root: JsonValue): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let found: unknown = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(found) ? Number(key) : key);
    // Arrays and objects alike are indexed by key.
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  return path;
}
