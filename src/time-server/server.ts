import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { type ToolCall, createCalls } from './calls.ts';
import { parseLocalZone } from './local-zone.ts';
import { ToolFailure } from './tool-failure.ts';
import { timeTools } from './tools.ts';
import { packageVersion } from '../package.ts';

/** Settings of the time server. */
export interface TimeServerOptions {
  /**
   * IANA name of the zone to use when a user names none. Given, the tools' descriptions name it.
   * @default the system's zone, else UTC; the descriptions then say `localtime`, on every machine
   */
  readonly localTimezone?: string | undefined;
  /**
   * The clock, in milliseconds since the epoch; 1973 or later, as the output schemas know no older offsets.
   * @default Date.now
   */
  readonly now?: () => number;
}

/**
 * Creates an MCP server with the tools `get_current_time` and `convert_time` of the reference
 * mcp-server-time; it talks once it is connected to a transport (MCP 2025-11-25, server/tools).
 *
 * The SDK's low-level server is used because the schemas are the contract: they are listed exactly as
 * written, where `McpServer` would derive them from zod.
 *
 * @throws UsageError when `localTimezone` is not an IANA name.
 * @example
 * const server = createTimeServer({ localTimezone: 'Europe/Paris' });
 * await server.connect(new StdioServerTransport());
 */
export function createTimeServer(options: TimeServerOptions = {}): Server {
  const localZone = parseLocalZone(options.localTimezone);
  const calls = createCalls({ localZone, now: options.now ?? Date.now });
  const tools = [...timeTools(options.localTimezone)];
  const server = new Server({ name: 'mcp-time', version: packageVersion }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    const call = calls.get(params.name);
    // An unknown tool is a protocol error, not a tool's failure (server/tools, Error Handling).
    if (call === undefined) throw unknownTool(params.name);
    return runCall(call, params.arguments);
  });
  return server;
}

/** Not the SDK's McpError: that one puts its code into the message as well, which goes to the client. */
function unknownTool(name: string): Error {
  return Object.assign(new Error(`Unknown tool: ${name.slice(0, 64)}`), { code: ErrorCode.InvalidParams });
}

function runCall(call: ToolCall, args: unknown): CallToolResult {
  try {
    const result = call(args);
    // Clients without structured content read the same object from the text (server/tools, Structured Content).
    return {
      content: [{ type: 'text', text: JSON.stringify(result, undefined, 2) }],
      structuredContent: { ...result },
    };
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    return { content: [{ type: 'text', text: error.message }], isError: true };
  }
}
