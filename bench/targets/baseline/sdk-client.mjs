#!/usr/bin/env node
// The least a client of a server has to do before it can call: connect, list the tools.
//   node bench/baseline/sdk-client.mjs -- <mcp command>     prints {pid} when it is ready, and ends with its input
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const [command, ...args] = process.argv.slice(process.argv.indexOf('--') + 1);
const client = new Client({ name: 'sdk-client', version: '1.0.0' });
await client.connect(new StdioClientTransport({ command, args }));
await client.listTools();
process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`);
process.on('SIGTERM', () => void client.close().then(() => process.exit(0)));
