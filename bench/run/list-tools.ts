import type { ListedTool } from '../../conformance/target/list-tools.ts';
import { isJsonObject } from '../../src/index.ts';
import { CannotRunError } from '../cannot-run.ts';
import type { StdioClient } from '../load/stdio-client.ts';

const maxPages = 1_000;

/**
 * All tools of a server (MCP server/tools, pagination).
 *
 * @throws CannotRunError when it does not list them
 */
export async function listTools(client: StdioClient): Promise<readonly ListedTool[]> {
  const tools = new Map<string, ListedTool>();
  let params = '{}';
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await client.request('tools/list', params);
    if (answer.kind !== 'result') throw new CannotRunError(`the server lists no tools: ${answer.message}`);
    const { tools: listed, nextCursor } = answer.result;
    for (const source of Array.isArray(listed) ? listed : []) {
      if (!isJsonObject(source) || typeof source['name'] !== 'string') continue;
      if (!tools.has(source['name'])) tools.set(source['name'], { name: source['name'], source });
    }
    if (typeof nextCursor !== 'string') break;
    params = JSON.stringify({ cursor: nextCursor });
  }
  if (tools.size === 0) throw new CannotRunError('the server has no tools, so there is nothing to measure');
  return [...tools.values()];
}
