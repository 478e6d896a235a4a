// A stdio MCP server that says whose it is:
//   whoami   its pid, its environment and the `_meta` of the call
//   wait     does not answer until `release` is called
//   remember counts its calls, as long as the process lives
// With REFUSE in its environment it exits with 9 before it says a word.
if (process.env.REFUSE) process.exit(9);

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const inputSchema = { type: 'object' };
const tools = ['whoami', 'wait', 'release', 'remember'].map((name) => ({ name, inputSchema }));
const waiting = [];
let calls = 0;

function call({ name, _meta }, answer) {
  const say = (value) => answer({ content: [{ type: 'text', text: JSON.stringify(value) }] });
  if (name === 'whoami') say({ pid: process.pid, env: process.env, meta: _meta ?? null });
  else if (name === 'remember') say((calls += 1));
  else if (name === 'wait') waiting.push(() => say(process.pid));
  else {
    for (const finish of waiting.splice(0)) finish();
    say('released');
  }
}

function onMessage({ id, method, params }) {
  const answer = (result) => send({ id, result });
  if (method === 'initialize') {
    answer({
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'personal', version: '1.0.0' },
    });
  } else if (method === 'tools/list') answer({ tools });
  else if (method === 'tools/call') call(params, answer);
}

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) onMessage(JSON.parse(line));
});
