#!/usr/bin/env node
// Results of n MB, made once per size: what is measured is their way, not their making.
import { echoTool, serveLines, toTextResult } from './serve-lines.mjs';

const megabyte = 1_000_000;
const line = 'All work and no play makes Jack a dull boy.  ';
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
    const payload = made.get(key) ?? make(form, megabytes * megabyte);
    made.set(key, payload);
    process.stdout.write(
      `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[{"type":"text","text":`,
    );
    process.stdout.write(payload);
    process.stdout.write('}]}}\n');
  },
});

/** `bytes` of text; as JSON, that many bytes of a text that is an array of strings. */
function make(form, bytes) {
  if (form === 'text') return Buffer.from(`"${line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes)}"`);
  const item = `"${line}",`;
  const items = item.repeat(Math.floor((bytes - 4) / item.length));
  return Buffer.from(JSON.stringify(`[${items}"" ]`));
}
