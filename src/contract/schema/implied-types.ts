import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own } from './own-property.ts';

/** Kinds of values, finer than JSON Schema's types: `integer` and `fraction` together are `number`. */
type Kind = 'null' | 'boolean' | 'object' | 'array' | 'string' | 'integer' | 'fraction';

const allKinds: readonly Kind[] = ['null', 'boolean', 'object', 'array', 'string', 'integer', 'fraction'];

/** Finds the types that a schema, in-place references followed, leaves possible. */
export type TypeFinder = (schema: JsonObject) => readonly string[] | undefined;

/**
 * A finder of implied types: what it returns can stand in `type` without adding a constraint.
 *
 * It returns undefined when every type is possible, or none. In-place references must not be circular.
 */
export function createTypeFinder(resolve: (id: string) => JsonObject): TypeFinder {
  const known = new Map<string, ReadonlySet<Kind>>();

  function kindsOf(schema: JsonObject): ReadonlySet<Kind> {
    let kinds: ReadonlySet<Kind> = new Set(allKinds);
    const narrow = (others: ReadonlySet<Kind>): void => {
      if (others.size < allKinds.length) kinds = new Set([...kinds].filter((kind) => others.has(kind)));
    };
    const reference = own(schema, '$ref');
    if (typeof reference === 'string') narrow(kindsOfUnit(reference));
    narrow(kindsOfType(own(schema, 'type')));
    if (Object.hasOwn(schema, 'const')) narrow(new Set([kindOf(own(schema, 'const') ?? null)]));
    const values = own(schema, 'enum');
    if (Array.isArray(values)) narrow(new Set((values as readonly JsonValue[]).map(kindOf)));
    for (const branch of branches(schema, 'allOf')) narrow(kindsOf(branch));
    for (const keyword of ['anyOf', 'oneOf']) {
      const alternatives = branches(schema, keyword);
      if (alternatives.length > 0) narrow(new Set(alternatives.flatMap((branch) => [...kindsOf(branch)])));
    }
    const not = own(schema, 'not');
    if (isJsonObject(not) && Object.keys(not).length === 0) narrow(new Set());
    return kinds;
  }

  function kindsOfUnit(id: string): ReadonlySet<Kind> {
    const found = known.get(id) ?? kindsOf(resolve(id));
    known.set(id, found);
    return found;
  }

  return (schema) => {
    const kinds = kindsOf(schema);
    return kinds.size === 0 || kinds.size === allKinds.length ? undefined : toTypes(kinds);
  };
}

function branches(schema: JsonObject, keyword: string): readonly JsonObject[] {
  const list = own(schema, keyword);
  return Array.isArray(list) ? (list as readonly JsonValue[]).filter(isJsonObject) : [];
}

function kindOf(value: JsonValue): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      // 2020-12 core, section 4.2.3: 1.0 is an integer.
      return Number.isInteger(value) ? 'integer' : 'fraction';
    default:
      return 'object';
  }
}

function kindsOfType(type: JsonValue | undefined): ReadonlySet<Kind> {
  if (type === undefined) return new Set(allKinds);
  const names: readonly JsonValue[] = Array.isArray(type) ? type : [type];
  const isNumber = names.includes('number');
  return new Set(
    allKinds.filter(
      (kind) => names.includes(kind) || (isNumber && (kind === 'integer' || kind === 'fraction')),
    ),
  );
}

function toTypes(kinds: ReadonlySet<Kind>): readonly string[] {
  const names = [...kinds].map((kind) => (kinds.has('fraction') && kind === 'integer' ? 'fraction' : kind));
  // In one order, whatever order the values had.
  return [...new Set(names.map((name) => (name === 'fraction' ? 'number' : name)))].toSorted();
}
