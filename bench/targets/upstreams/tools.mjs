#!/usr/bin/env node
// Echo under many names. Argument: the number of tools (default 100).
import { echoTool, serveLines, toTextResult } from '../../../dist/bench/upstreams/serve-lines.js';

const count = Number(process.argv[2] ?? 100);
serveLines({
  name: `tools-${count}`,
  tools: Array.from({ length: count }, (_tool, index) => ({
    ...echoTool,
    name: `echo_${index}`,
    description: `Answers with the text, as the ${index}th of its kind.`,
    inputSchema: {
      ...echoTool.inputSchema,
      properties: { ...echoTool.inputSchema.properties, n: { type: 'integer', minimum: -index } },
    },
  })),
  call: ({ arguments: { text } }, reply) => reply(toTextResult(text)),
});
