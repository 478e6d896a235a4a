import { isJsonObject } from '../json/value.ts';
import type { Tool } from '../tool.ts';

/** One page of tools/list, as the server sent it. */
export type RequestPage = (cursor: string | undefined) => Promise<unknown>;

export interface ToolList {
  readonly tools: readonly Tool[];
  /** What was wrong with the list, for the log. */
  readonly complaints: readonly string[];
}

/** A server with more pages is not listing, it is looping. */
const MAX_PAGES = 10_000;
/** Many times what anybody has been seen to list. */
const MAX_TOOLS = 100_000;

/**
 * Asks for all pages of tools/list (MCP server/utilities/pagination). Lenient: a tool is kept as it was listed, whatever
 * its schemas are, as long as it has a name.
 *
 * @throws Error when a page is not a tools/list result, or as `requestPage` throws.
 */
export async function listTools(requestPage: RequestPage): Promise<ToolList> {
  const tools: Tool[] = [];
  const complaints: string[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = await requestPage(cursor);
    const listed: unknown = isJsonObject(result) ? result['tools'] : undefined;
    if (!isJsonObject(result) || !Array.isArray(listed)) {
      throw new Error('the answer to tools/list holds no array "tools"');
    }
    for (const tool of listed) {
      if (isTool(tool)) tools.push(tool);
      else complaints.push('a tool without a name is left out');
    }
    if (tools.length > MAX_TOOLS) {
      complaints.push(`tools/list has more than ${MAX_TOOLS} tools; the list ends there`);
      return { tools: tools.slice(0, MAX_TOOLS), complaints };
    }
    const next = result['nextCursor'];
    // A cursor is opaque, and the empty string is one; only its absence ends the list.
    if (typeof next !== 'string') return { tools, complaints };
    if (cursors.has(next)) {
      complaints.push('tools/list gives the same cursor again and again; the list ends there');
      return { tools: uniqueByName(tools), complaints };
    }
    cursors.add(next);
    cursor = next;
  }
  complaints.push(`tools/list has more than ${MAX_PAGES} pages; the list ends there`);
  return { tools, complaints };
}

function isTool(value: unknown): value is Tool {
  return isJsonObject(value) && typeof value['name'] === 'string';
}

/** Going in circles shows the same tools again. */
function uniqueByName(tools: readonly Tool[]): Tool[] {
  const byName = new Map<string, Tool>();
  for (const tool of tools) if (!byName.has(tool.name)) byName.set(tool.name, tool);
  return [...byName.values()];
}
