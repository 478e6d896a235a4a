import { keywords } from '../../contract/schema/keywords.ts';
import { own, toObject } from '../../contract/schema/own-property.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

const prefix = '#/components/schemas/';
/** Objects and lists that are looked at; a schema of more is no reading matter. */
const maxNodes = 20_000;
/** As deep as a gateway serves schemas. */
const maxDepth = 200;

class TooLarge extends Error {}

/**
 * A schema of a document together with all that it references, as one schema that needs no document: references to
 * components lead to `$defs`. Undefined when it is too large to be read.
 */
export function toSelfContainedSchema(document: JsonObject, schema: JsonObject): JsonObject | undefined {
  const components = isJsonObject(document['components']) ? document['components']['schemas'] : undefined;
  const known = isJsonObject(components) ? components : {};
  const ownDefs = isJsonObject(schema['$defs']) ? schema['$defs'] : {};
  const wanted = new Set<string>();
  const toName = (name: string): string => (Object.hasOwn(ownDefs, name) ? `components.${name}` : name);
  let nodes = 0;

  const walk = (value: JsonValue, depth: number): JsonValue => {
    if (!isJsonObject(value)) return value;
    if (++nodes > maxNodes || depth > maxDepth) throw new TooLarge();
    const members = Object.entries(value).map(([key, member]) => [key, walkUnder(key, member, depth + 1)]);
    return toObject(members as [string, JsonValue][]);
  };
  const walkUnder = (key: string, member: JsonValue, depth: number): JsonValue => {
    if (key === '$ref' && typeof member === 'string' && member.startsWith(prefix)) {
      const name = member.slice(prefix.length);
      wanted.add(name);
      return `#/$defs/${toName(name)}`;
    }
    return mapSubschemas(key, member, (subschema) => walk(subschema, depth));
  };

  try {
    const root = walk(schema, 0) as JsonObject;
    const found: [string, JsonValue][] = [];
    // The set grows while it is walked through.
    for (const name of wanted) found.push([toName(name), walk(own(known, name) ?? {}, 0)]);
    if (found.length === 0) return root;
    const rootDefs = isJsonObject(root['$defs']) ? Object.entries(root['$defs']) : [];
    return { ...root, $defs: toObject([...rootDefs, ...found]) };
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

/** A keyword's value with its subschemas replaced; what only looks like one (examples, constants) is left alone. */
function mapSubschemas(
  key: string,
  value: JsonValue,
  replace: (subschema: JsonValue) => JsonValue,
): JsonValue {
  switch (keywords.get(key)?.shape) {
    case 'schema':
    case 'schema-or-list':
    case 'schema-list':
      return Array.isArray(value) ? value.map(replace) : replace(value);
    case 'schema-map':
    case 'dependencies':
      if (!isJsonObject(value)) return value;
      return toObject(Object.entries(value).map(([name, member]) => [name, replace(member)]));
    default:
      return value;
  }
}
