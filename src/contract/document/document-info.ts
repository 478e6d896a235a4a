import type { JsonObject } from '../../json/value.ts';
import type { ToolSource } from '../contract.ts';

/** What a user may say of the document in place of what the server says. */
export interface InfoOverrides {
  readonly title?: string;
  readonly version?: string;
  readonly description?: string;
}

/**
 * The Info Object (OpenAPI 3.1 section 4.8.2): of the only server, what its initialize result says
 * (serverInfo, instructions); of servers with names, the base document's title and version, and each server's instructions under its name.
 */
export function toInfo(
  base: JsonObject,
  sources: readonly ToolSource[],
  overrides: InfoOverrides = {},
): JsonObject {
  const [only] = sources;
  // Of servers with names, the first to connect is not all there will be.
  const isOnly = sources.length === 1 && only?.server === '';
  const said = isOnly ? ofServer(only) : ofServers(sources);
  return { ...base, ...said, ...overrides };
}

function ofServer({ serverInfo, instructions }: ToolSource): JsonObject {
  const title = serverInfo?.title ?? serverInfo?.name;
  const description = instructions ?? (title === undefined ? undefined : `${title} MCP Server`);
  return {
    ...(title === undefined ? {} : { title }),
    ...(serverInfo === undefined ? {} : { version: serverInfo.version }),
    ...(description === undefined ? {} : { description }),
  };
}

function ofServers(sources: readonly ToolSource[]): JsonObject {
  if (sources.length === 0) return { description: 'No MCP server has connected yet.' };
  const sorted = sources.toSorted((a, b) => (a.server < b.server ? -1 : 1));
  const names = sorted.map(({ server }) => server).join(', ');
  const sections = sorted
    .filter(({ instructions }) => instructions !== undefined)
    .map(({ server, instructions }) => `## ${server}\n\n${instructions}`);
  return {
    description: [
      `The tools of the MCP ${sorted.length === 1 ? 'server' : 'servers'} ${names}.`,
      ...sections,
    ].join('\n\n'),
  };
}
