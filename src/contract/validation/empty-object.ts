import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

/** Component name → schema. */
export type Components = ReadonlyMap<string, JsonObject>;

const refPrefix = '#/components/schemas/';

/**
 * True when the empty object satisfies a schema, decided without compiling it.
 *
 * Of JSON Schema 2020-12, only these keywords can refuse an object without properties: `type`, `enum`, `const`,
 * `required`, `minProperties`, and what applies schemas in place (validation 6.1, 6.5; core 10.2, 8.2.3).
 */
export function acceptsEmptyObject(schema: JsonObject, components: Components): boolean {
  const verdicts = new Map<string, boolean>();
  return accepts(schema);

  function accepts(value: JsonValue | undefined): boolean {
    if (value === undefined || value === true) return true;
    if (!isJsonObject(value)) return false;
    return (
      assertionsHold(value) &&
      refersToAccepting(value['$ref']) &&
      branches(value['allOf']).every(accepts) &&
      (value['anyOf'] === undefined || branches(value['anyOf']).some(accepts)) &&
      (value['oneOf'] === undefined || branches(value['oneOf']).filter(accepts).length === 1) &&
      (value['not'] === undefined || !accepts(value['not'])) &&
      (value['if'] === undefined || accepts(accepts(value['if']) ? value['then'] : value['else']))
    );
  }

  function refersToAccepting(ref: JsonValue | undefined): boolean {
    if (typeof ref !== 'string') return true;
    const name = ref.startsWith(refPrefix) ? ref.slice(refPrefix.length) : '';
    const known = verdicts.get(name);
    if (known !== undefined) return known;
    // A schema that applies itself in place says nothing by that (core 9.4.1 leaves it undefined).
    verdicts.set(name, true);
    const verdict = accepts(components.get(name));
    verdicts.set(name, verdict);
    return verdict;
  }
}

function assertionsHold(schema: JsonObject): boolean {
  const { type, required, minProperties } = schema;
  const isTyped = type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
  const lacksNothing = !Array.isArray(required) || required.length === 0;
  const isLargeEnough = typeof minProperties !== 'number' || minProperties <= 0;
  const isListed = schema['enum'] === undefined || branches(schema['enum']).some(isEmptyObject);
  const isConstant = schema['const'] === undefined || isEmptyObject(schema['const']);
  return isTyped && lacksNothing && isLargeEnough && isListed && isConstant;
}

function branches(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function isEmptyObject(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
