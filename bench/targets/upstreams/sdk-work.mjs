#!/usr/bin/env node
// An ordinary server on the SDK, whose tool works for a while (argument: µs, default 200).
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const workMs = Number(process.argv[2] ?? 200) / 1_000;
const server = new McpServer({ name: 'sdk-work', version: '1.0.0' });
server.registerTool(
  'echo',
  {
    description: 'Answers with the text.',
    inputSchema: { text: z.string(), n: z.number().int().optional() },
  },
  ({ text }) => {
    const until = performance.now() + workMs;
    while (performance.now() < until);
    return { content: [{ type: 'text', text }] };
  },
);
await server.connect(new StdioServerTransport());
process.stdin.on('end', () => process.exit(0));
