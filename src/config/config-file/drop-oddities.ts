import { isJsonObject, type JsonObject } from '../../json/value.ts';
import {
  findDuplicateKeys,
  memberOf,
  nameOf,
  quote,
  type ConfigNode,
  type Fault,
  type Member,
  type ObjectNode,
} from './config-node.ts';
import { meantKey, unknownKeyMessage } from './unknown-key.ts';

/** A configuration without what mcpo passes over, and a warning for each thing that was dropped. */
export interface TidyConfig {
  readonly root: ConfigNode;
  readonly warnings: readonly Fault[];
}

/**
 * Drops what another gateway runs with, and our schema refuses: keys that are not known, nulls, keys written twice (the
 * last counts), and what says another thing than the key that wins.
 *
 * @param schema of the configuration
 */
export function dropOddities(
  root: ConfigNode,
  schema: JsonObject,
  lineOf: (offset: number) => number,
): TidyConfig {
  const warnings = findDuplicateKeys(root, lineOf).map(({ offset, message }) => ({
    offset,
    message: `${message} (the last one wins)`,
  }));
  const tidy = drop(root, schema, { schema, warnings });
  return { root: tidy.kind === 'object' ? settle(tidy, warnings) : tidy, warnings };
}

interface DropContext {
  /** The whole, where references lead. */
  readonly schema: JsonObject;
  readonly warnings: Fault[];
}

function drop(node: ConfigNode, wanted: JsonObject, context: DropContext): ConfigNode {
  const schema = resolve(wanted, context);
  if (node.kind !== 'object') return node;
  const kept = node.members.flatMap((member) => {
    if (memberOf(node, member.key) !== member) return [];
    const inner = schemaOf(schema, member.key);
    const known = Object.keys(objectAt(schema, 'properties'));
    // Rules that are passed over would open everything.
    if (meantKey(member.key, known) === 'authorization') return [member];
    if (inner === undefined) {
      const message = unknownKeyMessage(node, member.key, known);
      context.warnings.push({ offset: member.keyOffset, message: `${message} (ignored)` });
      return [];
    }
    if (isNull(member) && !allowsNull(resolve(inner, context))) {
      context.warnings.push({
        offset: member.value.offset,
        message: `${nameOf(member.value.path)} is null (ignored)`,
      });
      return [];
    }
    return [{ ...member, value: drop(member.value, inner, context) }];
  });
  return { ...node, members: kept };
}

/** What the schema says of a key; undefined when it refuses it. */
function schemaOf(schema: JsonObject, key: string): JsonObject | undefined {
  const properties = objectAt(schema, 'properties');
  if (Object.hasOwn(properties, key)) return objectAt(properties, key);
  const isOwn = Object.keys(objectAt(schema, 'patternProperties')).some((pattern) =>
    new RegExp(pattern, 'u').test(key),
  );
  if (isOwn || schema['additionalProperties'] !== false) return objectAt(schema, 'additionalProperties');
  return undefined;
}

function resolve(schema: JsonObject, context: DropContext): JsonObject {
  const { $ref } = schema;
  // Every reference in it is one of these; a test compiles it.
  return typeof $ref === 'string'
    ? objectAt(objectAt(context.schema, '$defs'), $ref.slice('#/$defs/'.length))
    : schema;
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function isNull({ value }: Member): boolean {
  return value.kind === 'scalar' && value.value === null;
}

/** What is not read may be anything. */
function allowsNull(schema: JsonObject): boolean {
  return schema['type'] === undefined && schema['anyOf'] === undefined;
}

/** Settles what excludes each other, as mcpo does. */
function settle(root: ObjectNode, warnings: Fault[]): ObjectNode {
  const tidy =
    memberOf(root, 'mcpServers') === undefined ? root : without(root, 'servers', 'mcpServers', warnings);
  return {
    ...tidy,
    members: tidy.members.map((member) => {
      const { key, value: servers } = member;
      if ((key !== 'mcpServers' && key !== 'servers') || servers.kind !== 'object') return member;
      const settled = servers.members.map((server) =>
        server.value.kind === 'object' ? { ...server, value: settleServer(server.value, warnings) } : server,
      );
      return { ...member, value: { ...servers, members: settled } };
    }),
  };
}

/** A server with a command is a program, whatever else is said of it. */
function settleServer(server: ObjectNode, warnings: Fault[]): ObjectNode {
  if (memberOf(server, 'command') === undefined) return server;
  const type = memberOf(server, 'type')?.value;
  const isProgram = type?.kind === 'scalar' && type.value === 'stdio';
  const plain = without(server, 'url', 'command', warnings);
  return isProgram ? plain : without(plain, 'type', 'command', warnings);
}

function without(node: ObjectNode, key: string, winner: string, warnings: Fault[]): ObjectNode {
  const member = memberOf(node, key);
  if (member === undefined) return node;
  const message = `${nameOf(member.value.path)} and ${quote(winner)} exclude each other (${quote(winner)} wins)`;
  warnings.push({ offset: member.keyOffset, message });
  return { ...node, members: node.members.filter((other) => other !== member) };
}
