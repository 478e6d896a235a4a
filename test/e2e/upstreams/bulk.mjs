#!/usr/bin/env node
// Texts of any size in both directions, for tests that compare digests.
import { createHash } from 'node:crypto';

const tools = ['give', 'take', 'echo'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'bulk', version: '1.0.0' },
  }),
  'tools/list': () => ({ tools }),
};
/** Of `form`, some ten bytes. */
const units = { text: 'é "q" \\ \n😀', json: '{"a":[1.0,"\\u00e9"]}' };

let pieces = [];
process.stdin.on('data', (chunk) => {
  let start = 0;
  for (let end; (end = chunk.indexOf(0x0a, start)) !== -1; start = end + 1) {
    const line = Buffer.concat([...pieces, chunk.subarray(start, end)]).toString('utf8');
    pieces = [];
    take(JSON.parse(line));
  }
  pieces.push(chunk.subarray(start));
});
process.stdin.on('end', () => process.exit(0));

function take({ id, method, params }) {
  const result = method === 'tools/call' ? call(params) : answers[method]?.(params);
  if (id !== undefined) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
}

function call({ name, arguments: args }) {
  if (name === 'give') return toResult(toText(args));
  if (name === 'echo') return toResult(JSON.stringify(args));
  return toResult(createHash('sha256').update(args.text).digest('hex'));
}

function toResult(text) {
  return { content: [{ type: 'text', text }] };
}

/** A text of so many bytes in UTF-8, or a few more. */
function toText({ bytes, form = 'text' }) {
  const unit = units[form];
  const text = unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit)));
  return form === 'json' ? `[${text.replaceAll('}{', '},{')}]` : text;
}
