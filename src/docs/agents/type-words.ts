import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { followReference } from '../samples/follow-reference.ts';

const maxDepth = 4;
const maxChoices = 12;

/** What a schema takes, in a few words for a table: `integer`, `array of string`, `"asc" or "desc"`; `any` when it does not say. */
export function toTypeWords(document: JsonObject, schema: JsonValue, depth = 0): string {
  const found = followReference(document, schema);
  if (found['const'] !== undefined) return toChoices([found['const']]);
  if (Array.isArray(found['enum']) && found['enum'].length > 0) return toChoices(found['enum']);
  const branches = found['anyOf'] ?? found['oneOf'];
  if (Array.isArray(branches) && depth < maxDepth) {
    const words = branches
      .slice(0, maxChoices)
      .map((branch: JsonValue) => toTypeWords(document, branch, depth + 1));
    return joined([...words, ...(branches.length > maxChoices ? ['…'] : [])]);
  }
  const { type, items, format } = found;
  const types = Array.isArray(type) ? type : [type];
  const words = types
    .filter((name) => typeof name === 'string')
    .map((name) => {
      if (name === 'array' && isJsonObject(items) && depth < maxDepth)
        return `array of ${toTypeWords(document, items, depth + 1)}`;
      return name === 'string' && typeof format === 'string' ? `string (${format})` : name;
    });
  return joined(words);
}

function toChoices(values: readonly JsonValue[]): string {
  const shown = values.slice(0, maxChoices).map((value) => JSON.stringify(value));
  return joined([...shown, ...(values.length > maxChoices ? ['…'] : [])]);
}

function joined(words: readonly string[]): string {
  const different = [...new Set(words)];
  return different.length === 0 ? 'any' : different.join(' or ');
}
