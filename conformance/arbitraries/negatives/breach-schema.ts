import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { own, ownList, ownNumber, ownObject, without, withMember } from '../json.ts';
import { breachType } from './breach-type.ts';
import type { Breach } from './fault.ts';

/** Assertions that are broken by the plain opposite of their own. */
const plainKeywords: ReadonlySet<string> = new Set([
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'not',
  'anyOf',
]);

const maxPairs = 6;

/** The ways to break the assertions that a schema makes itself, not those of its subschemas. */
export function breachSchema(schema: JsonObject): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'type') breaches.push(...breachType(schema, value));
    else if (plainKeywords.has(keyword)) breaches.push(...breachPlain(schema, keyword, value));
    else breaches.push(...breachOther(schema, keyword));
  }
  return breaches;
}

/** A copy that also meets other schemas. */
export function withAll(schema: JsonObject, ...more: readonly JsonObject[]): JsonObject {
  return withMember(schema, 'allOf', [...ownList(schema, 'allOf'), ...more]);
}

/** A copy for values of this one of its types: others would do without being broken. */
export function withType(schema: JsonObject, type: 'array' | 'object'): JsonObject {
  return typeof own(schema, 'type') === 'string' ? schema : withMember(schema, 'type', type);
}

function breachPlain(schema: JsonObject, keyword: string, value: JsonValue): readonly Breach[] {
  const broken = { not: { [keyword]: value } };
  const rest = without(schema, keyword);
  const what = `breaks ${keyword}`;
  const single = { keyword, schema: withAll(rest, broken), what, isSingle: true };
  if (keyword !== 'enum' && keyword !== 'const') return [single];
  // The type is kept, which makes the value a likely one; without it there are others.
  const untied = { ...single, schema: withAll({ ...typeOf(schema) }, broken), isSingle: false };
  if (own(schema, 'type') !== undefined) return [single, untied];
  // Values of the same types, first: those of others are refused by whoever knows no more than the types.
  const alike = withMember(rest, 'type', typesOf(keyword === 'enum' ? value : [value]));
  return [{ ...single, schema: withAll(alike, broken) }, single, untied];
}

function typesOf(values: JsonValue): readonly string[] {
  const listed = Array.isArray(values) ? (values as readonly JsonValue[]) : [];
  return [...new Set(listed.map(typeName))];
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function typeOf(schema: JsonObject): JsonObject {
  const type = own(schema, 'type');
  return type === undefined ? {} : { type };
}

function breachOther(schema: JsonObject, keyword: string): readonly Breach[] {
  const rest = without(schema, keyword);
  const breach = (broken: JsonObject, what: string): Breach => ({
    keyword,
    schema: broken,
    what,
    isSingle: true,
  });
  switch (keyword) {
    case 'required': {
      const names = ownList(schema, keyword).filter((name) => typeof name === 'string');
      return names.map((name) => {
        const others = withMember(
          rest,
          keyword,
          names.filter((each) => each !== name),
        );
        return breach(
          withAll(others, { type: 'object', not: { required: [name] } }),
          `lacks ${JSON.stringify(name)}`,
        );
      });
    }
    case 'dependentRequired':
      return Object.entries(ownObject(schema, keyword)).flatMap(([name, needed]) =>
        (Array.isArray(needed) ? (needed as readonly JsonValue[]) : []).map((each) => {
          const left = (needed as readonly JsonValue[]).filter((other) => other !== each);
          const others = withMember(rest, keyword, withMember(ownObject(schema, keyword), name, left));
          const broken = { not: { dependentRequired: { [name]: [each] } } };
          return breach(
            withAll(others, broken),
            `has ${JSON.stringify(name)} without ${JSON.stringify(each)}`,
          );
        }),
      );
    case 'oneOf':
      return breachOneOf(schema, breach);
    case 'contains':
    case 'minContains':
    case 'maxContains':
      return breachContains(schema, keyword, breach);
    default:
      return [];
  }
}

function breachOneOf(
  schema: JsonObject,
  breach: (broken: JsonObject, what: string) => Breach,
): readonly Breach[] {
  const branches = ownList(schema, 'oneOf');
  const rest = without(schema, 'oneOf');
  const none = breach(withAll(rest, { not: { anyOf: branches } }), 'satisfies no branch of oneOf');
  const pairs = branches.flatMap((first, index) =>
    branches
      .slice(index + 1)
      .map((second) => breach(withAll(rest, { allOf: [first, second] }), 'satisfies two branches of oneOf')),
  );
  return [none, ...pairs.slice(0, maxPairs)];
}

function breachContains(
  schema: JsonObject,
  keyword: string,
  breach: (broken: JsonObject, what: string) => Breach,
): readonly Breach[] {
  const contains = own(schema, 'contains');
  if (contains === undefined) return [];
  const min = ownNumber(schema, 'minContains') ?? 1;
  const max = ownNumber(schema, 'maxContains') ?? Infinity;
  const rest = without(schema, 'contains', 'minContains', 'maxContains');
  const counting = (from: number, to: number | undefined, what: string): readonly Breach[] => {
    const limits = { contains, minContains: from, ...(to === undefined ? {} : { maxContains: to }) };
    return [breach(withAll(rest, { type: 'array', ...limits }), what)];
  };
  if (keyword === 'maxContains')
    return max < Infinity ? counting(max + 1, undefined, 'has too many items that contains matches') : [];
  if (keyword === 'minContains')
    return min > 1 ? counting(1, min - 1, 'has too few items that contains matches') : [];
  if (min > 0) return counting(0, 0, 'has no item that contains matches');
  return max < Infinity ? counting(max + 1, undefined, 'has too many items that contains matches') : [];
}
