import { translateSchema } from '../../../../src/contract/schema/translate.ts';
import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';
import { compileTranslated, translated } from './oracle.ts';
import { compileRaw } from './raw-validator.ts';
import { sampleValues } from './samples.ts';

/** The values that a tool's schema and its translation judge differently, as text. */
export function findDisagreements(source: JsonObject, values: readonly JsonValue[] = []): readonly string[] {
  const isValid = compileTranslated(translated(translateSchema(source, { namePrefix: 'tool' })));
  const isValidRaw = compileRaw(source);
  return [...sampleValues(source), ...values]
    .filter((value) => isValid(value) !== (isValidRaw(value) && isArguments(value)))
    .map((value) => `${JSON.stringify(value)} is ${isValidRaw(value) ? 'valid' : 'invalid'}`);
}

/** Arguments are objects; the translation says so even where the source does not. */
function isArguments(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
