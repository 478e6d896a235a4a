import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

const requestTimeout: number = ErrorCode.RequestTimeout;
const connectionClosed: number = ErrorCode.ConnectionClosed;

const anyResult = z.unknown();

/**
 * True when the server answers a ping in time; an error is an answer too (MCP basic/utilities/ping). One that is silent
 * for half of the time is asked for its tools, which it has listed before: some servers do not know ping.
 */
export async function answersPing(client: Client, timeoutMs: number): Promise<boolean> {
  const timeout = timeoutMs / 2;
  return (
    (await isAnswered(client.ping({ timeout }))) ||
    (await isAnswered(client.request({ method: 'tools/list' }, anyResult, { timeout })))
  );
}

async function isAnswered(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    const code = error instanceof McpError ? error.code : undefined;
    return code !== undefined && code !== requestTimeout && code !== connectionClosed;
  }
}
