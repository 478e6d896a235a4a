import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { isMultipleOf } from '../decimal.ts';
import { countCharacters, own } from '../json.ts';
import type { SchemaModel } from './schema-model.ts';

/** True when a string or number is within the schema's bounds (2020-12 validation, sections 6.2 and 6.3). */
export function judgeScalar(model: SchemaModel, schema: JsonObject, value: JsonValue): boolean {
  if (typeof value === 'number') return judgeNumber(schema, value);
  return typeof value !== 'string' || judgeString(model, schema, value);
}

function judgeNumber(schema: JsonObject, value: number): boolean {
  const isMet = (keyword: string, meets: (bound: number) => boolean): boolean => {
    const bound = own(schema, keyword);
    return typeof bound !== 'number' || meets(bound);
  };
  return (
    isMet('minimum', (bound) => value >= bound) &&
    isMet('exclusiveMinimum', (bound) => value > bound) &&
    isMet('maximum', (bound) => value <= bound) &&
    isMet('exclusiveMaximum', (bound) => value < bound) &&
    isMet('multipleOf', (divisor) => isMultipleOf(value, divisor))
  );
}

function judgeString(model: SchemaModel, schema: JsonObject, value: string): boolean {
  const { minLength, maxLength, pattern } = schema;
  if (typeof minLength === 'number' || typeof maxLength === 'number') {
    const length = countCharacters(value);
    if (typeof minLength === 'number' && length < minLength) return false;
    if (typeof maxLength === 'number' && length > maxLength) return false;
  }
  return typeof pattern !== 'string' || model.matches(pattern, value);
}
