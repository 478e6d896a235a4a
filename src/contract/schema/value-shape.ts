import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { ValueShape } from './keywords.ts';

/** The names of JSON Schema's simple types (2020-12 validation, section 6.1.1). */
const typeNames: readonly string[] = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'];

/** What is wrong with a keyword's value, as "must be …"; undefined when nothing is. */
export function findShapeFault(shape: ValueShape, value: JsonValue): string | undefined {
  switch (shape) {
    case 'any':
      return undefined;
    case 'array':
      return Array.isArray(value) ? undefined : 'must be an array';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'bound':
      return typeof value === 'number' || typeof value === 'boolean' ? undefined : 'must be a number';
    case 'count':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0
        ? undefined
        : 'must be a non-negative integer';
    case 'number':
      return typeof value === 'number' ? undefined : 'must be a number';
    case 'object':
      return isJsonObject(value) ? undefined : 'must be an object';
    case 'positive':
      return typeof value === 'number' && value > 0 ? undefined : 'must be a number greater than 0';
    case 'regex':
      return typeof value === 'string' ? findRegexFault(value) : 'must be a string';
    case 'schema':
      return isSchema(value) ? undefined : 'must be a schema (an object or a boolean)';
    case 'schema-or-list':
      return isSchema(value) || isSchemaList(value) ? undefined : 'must be a schema or an array of schemas';
    case 'schema-list':
      return isSchemaList(value) ? undefined : 'must be an array of schemas';
    case 'schema-map':
      return isMapOf(value, isSchema) ? undefined : 'must be an object whose values are schemas';
    case 'dependencies':
      return isMapOf(value, (item) => isSchema(item) || isStringList(item))
        ? undefined
        : 'must be an object whose values are schemas or arrays of property names';
    case 'string':
      return typeof value === 'string' ? undefined : 'must be a string';
    case 'string-list':
      return isStringList(value) ? undefined : 'must be an array of property names';
    case 'string-list-map':
      return isMapOf(value, isStringList) ? undefined : 'must be an object of arrays of property names';
    case 'types':
      return isTypes(value) ? undefined : `must be one of ${typeNames.join(', ')}, or an array of these`;
  }
}

/** What is wrong with a regular expression; undefined when ECMA-262 accepts it, with or without the u flag. */
export function findRegexFault(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength) return `must be at most ${maxPatternLength} characters long`;
  try {
    RegExp(pattern, 'u');
    return undefined;
  } catch {
    // Authors escape more than the u flag allows (`\-`), and validators without it take the pattern.
  }
  try {
    RegExp(pattern);
    return undefined;
  } catch {
    return 'must be a regular expression of ECMA-262';
  }
}

/** To compile longer ones takes seconds, and memory: nobody writes them by hand. */
const maxPatternLength = 10_000;

function isSchema(value: JsonValue): boolean {
  return typeof value === 'boolean' || isJsonObject(value);
}

function isSchemaList(value: JsonValue): boolean {
  return Array.isArray(value) && value.every(isSchema);
}

function isStringList(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isMapOf(value: JsonValue, isItem: (item: JsonValue) => boolean): boolean {
  return isJsonObject(value) && Object.values(value).every(isItem);
}

function isTypes(value: JsonValue): boolean {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  return names.length > 0 && names.every((name) => typeof name === 'string' && typeNames.includes(name));
}
