import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, withMember, without } from '../json.ts';
import { judgeType } from '../schema/judge.ts';
import type { Breach } from './fault.ts';

/** Values that careless readers take for another type, then plain ones of every type. */
const coercible: readonly (readonly [string, JsonValue])[] = [
  ['integer', '5'],
  ['number', '5.5'],
  ['boolean', 'true'],
  ['boolean', 1],
  ['null', ''],
  ['string', 5],
  ['array', { 0: 'a' }],
  ['object', []],
];
const typeNames = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** The ways to have another type than the schema wants. */
export function breachType(schema: JsonObject, value: JsonValue): readonly Breach[] {
  const wanted: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  const rest = without(schema, 'type');
  const others = typeNames.filter((name) => !wanted.includes(name));
  const found: Breach[] = [];
  for (const [type, other] of coercible) {
    if (!wanted.includes(type) || judgeType(schema, other)) continue;
    // Bounds and listed values of the type wanted say nothing, or forbid it anyway.
    found.push({
      ...breach(
        { const: other },
        `is ${JSON.stringify(other)}, which is read as ${type} at times`,
        !isListed(schema),
      ),
      isCoercible: true,
    });
  }
  for (const name of others) {
    const isHalf = name === 'number' && wanted.includes('integer');
    const broken = isHalf
      ? { ...rest, type: name, not: joinNot(rest, { type: 'integer' }) }
      : withMember(rest, 'type', name);
    found.push(breach(broken, isHalf ? 'is not whole' : `is of type ${name}`, true));
  }
  // Listed values have a type too: what breaks the one breaks the other.
  if (isListed(schema)) {
    for (const name of others) found.push(breach({ type: name }, `is of type ${name}`, false));
  }
  return found;
}

function isListed(schema: JsonObject): boolean {
  return Object.hasOwn(schema, 'enum') || Object.hasOwn(schema, 'const') || Object.hasOwn(schema, '$ref');
}

function joinNot(schema: JsonObject, more: JsonObject): JsonObject {
  const not = own(schema, 'not');
  return not === undefined ? more : { anyOf: [not, more] };
}

function breach(schema: JsonObject, what: string, isSingle: boolean): Breach {
  return { keyword: 'type', schema, what, isSingle };
}
