import type { ServerSettings } from '../server-settings.ts';
import { memberOf, nameOf, type ConfigNode, type ObjectNode } from './config-node.ts';
import { addFault, addOddity, readText, type ReadContext } from './field-reader.ts';

/** What a server's `type` means; undefined when it has none, or one that is wrong. */
export function readType(
  node: ConfigNode | undefined,
  context: ReadContext,
): Exclude<ServerSettings['type'], 'auto'> | undefined {
  const read = readText(node, context);
  if (read === undefined) return undefined;
  const type = types.get(read.text);
  // What stands in the file itself is said by the schema.
  if (type === undefined && !read.isLiteral) {
    addFault(context, read.node, `comes from a variable that is none of ${[...types.keys()].join(', ')}`);
  }
  return type;
}

const types: ReadonlyMap<string, Exclude<ServerSettings['type'], 'auto'>> = new Map([
  ['stdio', 'stdio'],
  ['streamable-http', 'streamable-http'],
  ['sse', 'sse'],
  ['http', 'streamable-http'],
  ['streamable_http', 'streamable-http'],
  ['streamablehttp', 'streamable-http'],
  ['streamableHttp', 'streamable-http'],
]);

/**
 * Refuses keys that mean nothing for this kind of server; empty ones, as programs write them, may stay.
 *
 * @param owner the key of servers that have them
 */
export function refuseMisplaced(
  node: ObjectNode,
  keys: readonly string[],
  owner: string,
  context: ReadContext,
): void {
  for (const key of keys) {
    const member = memberOf(node, key);
    if (member === undefined || isEmpty(member.value)) continue;
    const message = `${nameOf(member.value.path)} belongs to a server with a ${owner}`;
    addOddity(context, { offset: member.keyOffset, message }, 'ignored');
  }
}

function isEmpty(node: ConfigNode): boolean {
  if (node.kind === 'object') return node.members.length === 0;
  if (node.kind === 'list') return node.items.length === 0;
  return node.value === null || node.value === false || node.value === '';
}
