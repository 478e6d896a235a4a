#!/usr/bin/env node
// Results of n MB, made once per size: what is measured is their way, not their making.
import { toText } from './large-text.mjs';
import { echoTool, serveLines, toTextResult } from '../../../dist/bench/upstreams/serve-lines.js';

const megabyte = 1_000_000;
/** @type {Map<string, Buffer>} the text as it stands in the message, with its quotes */
const made = new Map();

serveLines({
  name: 'large',
  tools: [
    echoTool,
    {
      name: 'large',
      description: 'A text of so many megabytes, plain or itself JSON.',
      inputSchema: {
        type: 'object',
        properties: {
          megabytes: { type: 'integer', minimum: 1, maximum: 200 },
          form: { type: 'string', enum: ['text', 'json'] },
        },
        required: ['megabytes'],
      },
    },
  ],
  call({ name, arguments: { text, megabytes, form = 'text' } }, reply, id) {
    if (name === 'echo') return reply(toTextResult(text));
    const key = `${form} ${megabytes}`;
    const payload = made.get(key) ?? Buffer.from(JSON.stringify(toText(form, megabytes * megabyte)));
    made.set(key, payload);
    process.stdout.write(
      `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[{"type":"text","text":`,
    );
    process.stdout.write(payload);
    process.stdout.write('}]}}\n');
  },
});
