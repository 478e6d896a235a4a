import type { ErrorObject } from 'ajv';
import type { Violation } from '../../errors.ts';

const maxViolations = 100;
const maxListLength = 300;

/** In place of a verdict on a value that it would take too long to check. */
export const undecidedViolation: Violation = Object.freeze({
  pointer: '',
  keyword: 'undecided',
  message: 'could not be checked in time against the schema; a smaller or simpler value may be',
});

/**
 * Says Ajv's errors as violations, in their order, without repetitions, at most 100.
 *
 * Messages quote the schema and the names of keys, never a value: arguments may be secrets.
 *
 * @param value what was checked
 */
export function toViolations(errors: readonly ErrorObject[], value: unknown): readonly Violation[] {
  const seen = new Set<string>();
  const violations: Violation[] = [];
  for (const error of errors) {
    if (violations.length === maxViolations) break;
    const violation = toViolation(error, value);
    const identity = JSON.stringify(violation);
    if (seen.has(identity)) continue;
    seen.add(identity);
    violations.push(violation);
  }
  return violations;
}

function toViolation(error: ErrorObject, value: unknown): Violation {
  const { instancePath, keyword } = error;
  const violation = { pointer: instancePath, keyword, message: toMessage(error, value) };
  const missing: unknown = error.params['missingProperty'];
  return typeof missing === 'string' ? { ...violation, missing } : violation;
}

function toMessage(
  { instancePath, keyword, params, message = 'is not allowed' }: ErrorObject,
  root: unknown,
): string {
  switch (keyword) {
    case 'type':
      return `must be ${[params['type']].flat().join(' or ')}, but is ${typeName(resolve(root, instancePath))}`;
    case 'enum':
      return `must be one of ${toList(params['allowedValues'])}`;
    case 'const':
      return `must be ${clip(JSON.stringify(params['allowedValue']))}`;
    case 'required':
      return `must have the key ${quote(params['missingProperty'])}`;
    case 'dependentRequired':
      return `must have the key ${quote(params['missingProperty'])} when it has ${quote(params['property'])}`;
    case 'additionalProperties':
      return `must not have the key ${quote(params['additionalProperty'])}`;
    case 'unevaluatedProperties':
      return `must not have the key ${quote(params['unevaluatedProperty'])}`;
    case 'propertyNames':
      return `must not have a key named ${quote(params['propertyName'])}`;
    case 'pattern':
      return `must match the pattern ${clip(String(params['pattern']))}`;
    case 'false schema':
      return 'must be absent';
    default:
      return clip(message);
  }
}

function toList(values: unknown): string {
  if (!Array.isArray(values)) return 'the values of the schema';
  let list = '';
  for (const value of values as readonly unknown[]) {
    const item = clip(JSON.stringify(value));
    if (list.length + item.length > maxListLength) return `${list}, …`;
    list += list === '' ? item : `, ${item}`;
  }
  return list;
}

function quote(name: unknown): string {
  return clip(JSON.stringify(name));
}

function clip(text: string): string {
  return text.length <= maxListLength ? text : `${text.slice(0, maxListLength)}…`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** The value at a JSON Pointer (RFC 6901 section 4) that Ajv made of own keys. */
function resolve(root: unknown, pointer: string): unknown {
  let found = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    // Arrays and objects alike are indexed by key.
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  return found;
}
