import type { Permissions } from '../authorization/permissions.ts';
import type { Contract, ToolSource } from '../contract/contract.ts';
import { toInfo } from '../contract/document/document-info.ts';
import { keepUsedComponents } from '../contract/document/used-components.ts';
import type { ServedView } from '../gateway/profile.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';

/**
 * A document with what a caller may call, and nothing that tells of the rest.
 *
 * @param server whose it is; '' for that of all servers
 * @param sources what all servers list
 * @param ownDescription the description is the user's, and not made of what servers say
 */
export function restrictDocument(
  document: JsonObject,
  server: string,
  seen: Permissions,
  { sources, ownDescription }: { readonly sources: readonly ToolSource[]; readonly ownDescription: boolean },
): JsonObject {
  const { paths, tags, 'x-unserved-tools': unserved, info, ...rest } = document;
  // A server's own document does not name it.
  const isSeen = (
    of: JsonObject,
    tool: JsonValue | undefined,
    name: JsonValue | undefined = of['server'],
  ): boolean => seen.allows({ server: server === '' ? textOf(name) : server, tool: textOf(tool) });
  const left = isListOf(unserved) ? unserved.filter((entry) => isSeen(entry, entry['tool'])) : [];
  return keepUsedComponents({
    ...rest,
    info:
      isJsonObject(info) && !ownDescription ? { ...info, ...describe(sources, server, seen) } : (info ?? {}),
    paths: Object.fromEntries(
      Object.entries(isJsonObject(paths) ? paths : {}).filter(([, item]) => {
        const post = isJsonObject(item) && isJsonObject(item['post']) ? item['post'] : {};
        return isSeen(post, post['x-mcp-tool'], post['x-mcp-server']);
      }),
    ),
    ...(isListOf(tags) && { tags: tags.filter(({ name }) => seen.allowsOf(textOf(name))) }),
    ...(left.length > 0 && { 'x-unserved-tools': left }),
  });
}

/** The same of what a profile makes documents from. */
export function restrictView({ contract, sources, mounts }: ServedView, seen: Permissions): ServedView {
  const restricted: Contract = {
    ...contract,
    operations: contract.operations.filter((operation) => seen.allows(operation)),
    unserved: contract.unserved.filter((tool) => seen.allows(tool)),
  };
  return {
    contract: restricted,
    sources: restrictSources(sources, seen),
    mounts: new Map([...mounts].filter(([server]) => seen.allowsOf(server))),
  };
}

/** What a server says of itself may name any of its tools: it is for those who may call them all. */
function restrictSources(sources: readonly ToolSource[], seen: Permissions): readonly ToolSource[] {
  return sources
    .filter(({ server }) => seen.allowsOf(server))
    .map(({ instructions, ...source }) => {
      const tools = source.tools.filter(({ name }) => seen.allows({ server: source.server, tool: name }));
      const isWhole = tools.length === source.tools.length;
      return { ...source, tools, ...(isWhole && instructions !== undefined && { instructions }) };
    });
}

function describe(sources: readonly ToolSource[], server: string, seen: Permissions): JsonObject {
  const own = restrictSources(sources, seen)
    .filter((source) => server === '' || source.server === server)
    .map((source) => (server === '' ? source : { ...source, server: '' }));
  const { description } =
    own.length === 0 ? { description: 'There are no tools here for this caller.' } : toInfo({}, own);
  return description === undefined ? {} : { description };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isListOf(value: JsonValue | undefined): value is JsonObject[] {
  return Array.isArray(value) && value.every(isJsonObject);
}
