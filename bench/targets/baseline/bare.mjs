#!/usr/bin/env node
// What no gateway can be cheaper than: node:http and one pipelined stdio pipe, nothing checked.
//   node bench/baseline/bare.mjs -- <mcp command>     prints {url, pid} when it is ready
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const [command, ...words] = process.argv.slice(process.argv.indexOf('--') + 1);
const server = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
const pending = new Map();
let nextId = 1;
let outgoing = '';
let incoming = '';

server.stdout.setEncoding('utf8');
server.stdout.on('data', (chunk) => {
  const text = incoming + chunk;
  let start = 0;
  for (let end; (end = text.indexOf('\n', start)) !== -1; start = end + 1) {
    const message = JSON.parse(text.slice(start, end));
    const settle = pending.get(message.id);
    pending.delete(message.id);
    settle?.(message);
  }
  incoming = text.slice(start);
});
server.on('exit', () => process.exit(1));

await new Promise((resolve) => {
  const client = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'bare', version: '1.0.0' },
  };
  request('initialize', JSON.stringify(client), resolve);
});
send('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');

const front = createServer((incomingRequest, response) => {
  const chunks = [];
  incomingRequest.on('data', (chunk) => chunks.push(chunk));
  incomingRequest.on('end', () => {
    const name = JSON.stringify(incomingRequest.url.slice(1));
    const body = Buffer.concat(chunks).toString();
    request('tools/call', `{"name":${name},"arguments":${body}}`, ({ result }) => {
      const isFine = result !== undefined && result.isError !== true;
      const text = JSON.stringify(result?.content[0].text ?? null);
      response.writeHead(isFine ? 200 : 502, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    });
  });
});
front.keepAliveTimeout = 65_000;
front.listen(0, '127.0.0.1', () => {
  const { port } = front.address();
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, pid: process.pid })}\n`);
});

function request(method, params, settle) {
  const id = nextId;
  nextId += 1;
  pending.set(id, settle);
  send(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}\n`);
}

/** Messages of one tick leave in one write. */
function send(message) {
  if (outgoing === '') setImmediate(flush);
  outgoing += message;
}

function flush() {
  server.stdin.write(outgoing);
  outgoing = '';
}
