import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';

const requestTimeout: number = ErrorCode.RequestTimeout;
const connectionClosed: number = ErrorCode.ConnectionClosed;

/** True when the server answers a ping in time; an error is an answer too (MCP basic/utilities/ping). */
export async function answersPing(client: Client, timeoutMs: number): Promise<boolean> {
  try {
    await client.ping({ timeout: timeoutMs });
    return true;
  } catch (error) {
    const code = error instanceof McpError ? error.code : undefined;
    return code !== undefined && code !== requestTimeout && code !== connectionClosed;
  }
}
