import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own } from './own-property.ts';
import { toSortedText } from './sorted-text.ts';

/** What a schema, branches and references followed, implies about the members of an object. */
export interface ImpliedMembers {
  readonly properties: ReadonlyMap<string, ImpliedProperty>;
  readonly required: ReadonlySet<string>;
  /** True when no property but these can be present. */
  readonly isClosed: boolean;
}

/** What is implied about one property: that its value satisfies one of the alternatives. */
export interface ImpliedProperty {
  /** By their text, so that the same one counts once. */
  readonly alternatives: ReadonlyMap<string, JsonObject>;
  /** True when any other value is possible too. */
  readonly isOpen: boolean;
}

const nothing: ImpliedMembers = { properties: new Map(), required: new Set(), isClosed: false };

/** A finder of implied members; in-place references must not be circular. */
export function createMemberFinder(
  resolve: (id: string) => JsonObject,
): (schema: JsonObject) => ImpliedMembers {
  const known = new Map<string, ImpliedMembers>();

  function find(schema: JsonObject): ImpliedMembers {
    const parts = [readOwn(schema)];
    const reference = own(schema, '$ref');
    if (typeof reference === 'string') parts.push(findUnit(reference));
    parts.push(...list(schema, 'allOf').map(find));
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = list(schema, keyword);
      if (branches.length > 0) parts.push(either(branches.map(find)));
    }
    const condition = own(schema, 'if');
    if (isJsonObject(condition)) {
      parts.push(either([both([find(condition), findAt(schema, 'then')]), findAt(schema, 'else')]));
    }
    const dependent = own(schema, 'dependentSchemas');
    for (const item of isJsonObject(dependent) ? Object.values(dependent) : []) {
      if (isJsonObject(item)) parts.push(either([find(item), nothing]));
    }
    return both(parts);
  }

  function findAt(schema: JsonObject, keyword: string): ImpliedMembers {
    const branch = own(schema, keyword);
    return isJsonObject(branch) ? find(branch) : nothing;
  }

  function findUnit(id: string): ImpliedMembers {
    const found = known.get(id) ?? find(resolve(id));
    known.set(id, found);
    return found;
  }

  return find;
}

function readOwn(schema: JsonObject): ImpliedMembers {
  const properties = own(schema, 'properties');
  const required = own(schema, 'required');
  return {
    properties: new Map(
      Object.entries(isJsonObject(properties) ? properties : {}).map(([name, property]) => [
        name,
        // What stands in properties is a schema.
        { alternatives: new Map([[toSortedText(property), property as JsonObject]]), isOpen: false },
      ]),
    ),
    required: new Set(Array.isArray(required) ? (required as readonly string[]) : []),
    isClosed: own(schema, 'additionalProperties') === false && !Object.hasOwn(schema, 'patternProperties'),
  };
}

/** What holds when all parts do; where several describe a property, the first that narrows it speaks. */
function both(parts: readonly ImpliedMembers[]): ImpliedMembers {
  const properties = new Map<string, ImpliedProperty>();
  const required = new Set<string>();
  for (const part of parts) {
    for (const [name, property] of part.properties) {
      if (properties.get(name)?.isOpen !== false) properties.set(name, property);
    }
    for (const name of part.required) required.add(name);
  }
  return { properties, required, isClosed: parts.some((part) => part.isClosed) };
}

/** What holds when one of the branches does. */
function either(branches: readonly ImpliedMembers[]): ImpliedMembers {
  const properties = new Map<string, { alternatives: Map<string, JsonObject>; isOpen: boolean }>();
  for (const branch of branches) {
    for (const [name, property] of branch.properties) {
      const known = properties.get(name) ?? { alternatives: new Map<string, JsonObject>(), isOpen: false };
      for (const [text, schema] of property.alternatives) known.alternatives.set(text, schema);
      properties.set(name, { ...known, isOpen: known.isOpen || property.isOpen });
    }
  }
  // A branch that does not name a property leaves it free, unless it is closed.
  const openBranches = branches.filter((branch) => !branch.isClosed);
  for (const [name, property] of properties) {
    if (openBranches.some((branch) => !branch.properties.has(name)))
      properties.set(name, { ...property, isOpen: true });
  }
  const [first, ...others] = branches;
  const required = [...(first?.required ?? [])].filter((name) =>
    others.every((branch) => branch.required.has(name)),
  );
  return { properties, required: new Set(required), isClosed: openBranches.length === 0 };
}

function list(schema: JsonObject, keyword: string): readonly JsonObject[] {
  const branches = own(schema, keyword);
  return Array.isArray(branches) ? (branches as readonly JsonValue[]).filter(isJsonObject) : [];
}
