// A stdio MCP server of which several run: `pid` says which one answers, `hold` does so after a while, or once a file exists.
// With a file as its first argument it says no word while that exists, and exits with 9.
import { existsSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (file !== undefined && existsSync(file)) process.exit(9);

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const inputSchema = { type: 'object' };

function call({ name, arguments: { ms = 0, mark = '', until } = {} }, answer) {
  const text = JSON.stringify({ pid: process.pid, mark });
  const say = () => {
    if (until === undefined || existsSync(until)) answer({ content: [{ type: 'text', text }] });
    else setTimeout(say, 20);
  };
  if (name === 'pid') say();
  else setTimeout(say, ms);
}

function onMessage({ id, method, params }) {
  const answer = (result) => send({ id, result });
  if (method === 'initialize') {
    answer({
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'replica', version: '1.0.0' },
    });
  } else if (method === 'ping') answer({});
  else if (method === 'tools/list') {
    answer({
      tools: [
        { name: 'pid', inputSchema },
        { name: 'hold', inputSchema },
        { name: 'hold_read_only', inputSchema, annotations: { readOnlyHint: true } },
      ],
    });
  } else if (method === 'tools/call') call(params, answer);
}

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) onMessage(JSON.parse(line));
});
