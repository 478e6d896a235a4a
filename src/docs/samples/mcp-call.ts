import type { CodeSample } from './code-sample.ts';
import { json, toLiteral } from './literal.ts';
import type { SampleCall } from './sample-call.ts';

/** The same call as the MCP server gets it (MCP 2025-11-25, server/tools, "Calling Tools"); nothing for what is no tool. */
export function toMcpCall({ tool, body = {} }: SampleCall): readonly CodeSample[] {
  if (tool === undefined) return [];
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: body } };
  return [{ lang: 'JSON', label: 'MCP', source: toLiteral(message, json) }];
}
