// A stdio MCP server that a test governs through a JSON file, named by the first argument:
//   { "isDown": true }      it exits with 9 before it says a word, so it cannot be restarted
//   { "tools": ["a", "b"] } the tools it has, beside its own; read anew for each listing
// `greet` wants a name of two letters; `change` tells that the list has changed; the others echo their arguments.
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const state = () => JSON.parse(readFileSync(file, 'utf8'));
if (state().isDown) process.exit(9);

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const anything = { type: 'object' };
const named = { type: 'object', properties: { name: { type: 'string', minLength: 2 } }, required: ['name'] };

function listTools() {
  return [
    { name: 'greet', inputSchema: named },
    { name: 'pid', inputSchema: anything },
    { name: 'never', inputSchema: anything },
    { name: 'never_read_only', inputSchema: anything, annotations: { readOnlyHint: true } },
    { name: 'change', inputSchema: anything },
    ...(state().tools ?? []).map((name) => ({ name, inputSchema: anything })),
  ];
}

let isFresh = true;

function call({ name, arguments: args }, answer) {
  if (name === 'never') return;
  // Answers only in a process that has served nothing before: that is, after a restart.
  if (name === 'never_read_only' && !(isFresh && state().isReborn)) return;
  isFresh = false;
  if (name === 'change') send({ method: 'notifications/tools/list_changed' });
  answer({ content: [{ type: 'text', text: name === 'pid' ? String(process.pid) : JSON.stringify(args) }] });
}

function onMessage({ id, method, params }) {
  const answer = (result) => send({ id, result });
  if (method === 'initialize') {
    answer({
      protocolVersion: params.protocolVersion,
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'phoenix', version: '1.0.0' },
    });
  } else if (method === 'ping') answer({});
  else if (method === 'tools/list') answer({ tools: listTools() });
  else if (method === 'tools/call') call(params, answer);
}

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) onMessage(JSON.parse(line));
});
