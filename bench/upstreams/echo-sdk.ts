// The echo of an ordinary server, on the SDK: node echo-sdk.js
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const server = new McpServer({ name: 'synthetic-echo-sdk', version: '1.0.0' });
server.registerTool(
  'echo',
  {
    description: 'Answers with the text.',
    annotations: { readOnlyHint: true },
    inputSchema: { text: z.string(), n: z.number().int().optional() },
  },
  ({ text }) => ({ content: [{ type: 'text', text }] }),
);
await server.connect(new StdioServerTransport());
process.stdin.on('end', () => process.exit(0));
