#!/usr/bin/env node
// An MCP server that misbehaves in whatever way a call asks for. Each answer carries the call's token, so that one in
// the wrong hands shows. What a call does to its own line leaves the lines of others whole.
//
//     chaos.mjs [<file>]     fails to start as often as the number in the file says, and counts it down
import { closeSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { toTextResult } from '../../../dist/bench/upstreams/serve-lines.js';

const [, , startsFile] = process.argv;
if (startsFile !== undefined) failToStart(startsFile);

const tool = (name, description, annotations = {}) => ({
  name,
  description,
  annotations,
  inputSchema: {
    type: 'object',
    properties: {
      token: { type: 'string' },
      how: { type: 'string', description: 'The misbehaviour; none: a plain answer.' },
      ms: { type: 'integer', minimum: 0, description: 'Before anything else is done.' },
      pad: { type: 'integer', minimum: 0, description: 'Letters in the answer.' },
      notBy: { type: 'integer', description: 'The process that is not to answer.' },
    },
  },
});

const tools = [
  tool('work', 'Answers with the token.'),
  tool('work_brief', 'The same; its caller may have less patience.'),
  tool('work_again', 'The same; whoever runs it twice does no harm.', { readOnlyHint: true }),
  tool('work_rude', 'The same; its callers do not wait.'),
  tool('facts', 'What the server knows of itself.'),
];

let calls = 0;
let cancelled = 0;
let splits = 0;
let held = [];

/** What is no message, and must not be taken for one. */
const garbage = (id) => [
  'Server listening on stdio\n',
  '\r\n\n',
  `{"jsonrpc":"2.0","id":${id}}\n`,
  `{"jsonrpc":"2.0","id":${id},"resu\n`,
  `DEBUG {"jsonrpc":"2.0","id":${id},"result":{"content":[]}}\n`,
  `"{\\"jsonrpc\\":\\"2.0\\",\\"id\\":${id},\\"result\\":{}}"\n`,
  `[{"jsonrpc":"2.0","id":${id},"result":{}},\n`,
  '7\nnull\n[]\n',
  Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xe2, 0x28, 0x0a]),
];

/** misbehaviour → what is done in place of a plain answer */
const hows = {
  // The right answer, in an odd form.
  string_id: ({ id, result }) => say(`{"jsonrpc":"2.0","id":"${id}","result":${result}}\n`),
  float_id: ({ id, result }) => say(`{"jsonrpc":"2.0","id":${id}.0,"result":${result}}\n`),
  result_first: ({ id, result }) => say(`{"result":${result},"jsonrpc":"2.0","id":${id}}\n`),
  spaced: ({ id, result }) =>
    say(` { "id" : ${id} ,\t"more":[{"id":0}], "result" : ${result} , "jsonrpc" : "2.0" } \r\n`),
  batch: ({ id, result }) => say(`[{"jsonrpc":"2.0","id":${id},"result":${result}}]\n`),
  escaped: ({ id, result }) => say(line(id, escapeNonAscii(result))),
  bytes: ({ id, result }) => say(...Array.from(Buffer.from(line(id, result)), (byte) => Buffer.from([byte]))),
  split: ({ id, result }) => {
    const bytes = Buffer.from(line(id, result));
    splits += 1;
    const at = 1 + (splits % (bytes.length - 1));
    // Far enough apart to be read one by one.
    say(bytes.subarray(0, at), 1, bytes.subarray(at));
  },
  hold: (call) => {
    held.push(call);
    if (held.length === 1) setTimeout(letGo, 30);
    if (held.length === 50) letGo();
  },

  // The right answer, and something else.
  twice: ({ id, result }) => say(line(id, result), line(id, JSON.stringify(toTextResult('again')))),
  unknown_ids: ({ id, result }) => {
    const nobodys = [1, 999_999_999, 2_147_483_648, -1, 0.5, 1e300, null, true, '', 'x', [id], { id }];
    for (const other of nobodys) say(line(JSON.stringify(other), JSON.stringify(toTextResult('whose?'))));
    say(line(id, result));
  },
  garbage: ({ id, result }) => say(...garbage(id), line(id, result), ...garbage(id)),
  flood_notifications: (call) => {
    for (let index = 0; index < 300; index += 1) {
      notify('notifications/message', { level: 'info', data: `news ${index}` });
      notify('notifications/progress', { progressToken: 424_242, progress: index });
      notify('notifications/progress', { progressToken: call.id, progress: index });
      notify('notifications/progress', { progressToken: {}, progress: 'much' });
    }
    answer(call);
  },
  flood_list_changed: (call) => {
    for (let index = 0; index < 50; index += 1) notify('notifications/tools/list_changed');
    answer(call);
  },
  flood_requests: (call) => {
    for (let index = 0; index < 100; index += 1)
      say(`{"jsonrpc":"2.0","id":"ping-${index}","method":"ping"}\n`);
    answer(call);
  },
  flood_stderr: (call) => {
    for (let index = 0; index < 300; index += 1) writeSync(2, `noise ${index} ${'x'.repeat(80)}\n`);
    writeSync(2, 'y'.repeat(100_000));
    answer(call);
  },

  // No right answer.
  never: () => {},
  half_line: ({ id }) => say(`{"jsonrpc":"2.0","id":${id},"resu\n`),
  glued: ({ id, result }) => say(`no line break… ${line(id, result)}`),
  no_result: ({ id }) => say(line(id, '7')),
  no_content: ({ id }) => say(line(id, '{"content":"x"}')),
  error: ({ id, args }) => say(errorLine(id, { code: -32000, message: args.token })),
  rejected: ({ id, args }) => say(errorLine(id, { code: -32602, message: args.token })),
  odd_error: ({ id, args }) => say(errorLine(id, args.token)),
  tool_error: ({ id, args }) => say(line(id, JSON.stringify({ ...toTextResult(args.token), isError: true }))),

  // For everybody.
  busy: (call) => {
    for (const end = Date.now() + 200; Date.now() < end;);
    answer(call);
  },
  deaf_for_a_while: (call) => {
    process.stdin.pause();
    setTimeout(() => process.stdin.resume(), 300);
    answer(call);
  },
  deaf: () => {
    process.stdin.pause();
    outstay();
  },
  exit_0: () => process.exit(0),
  exit_1: () => process.exit(1),
  crash: () => process.kill(process.pid, 'SIGKILL'),
  half_then_exit: ({ id }) => {
    say(`{"jsonrpc":"2.0","id":${id},"resu`);
    process.exit(1);
  },
  // Without a newline: the last words of the stream.
  answer_then_exit: ({ id, result }) => {
    say(line(id, result).trimEnd());
    process.exit(0);
  },
  close_stdout: () => {
    closeSync(1);
    outstay();
  },
  close_stdin: () => {
    process.stdin.destroy();
    closeSync(0);
    outstay();
  },
};

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: { listChanged: true } },
    serverInfo: { name: 'chaos', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools }),
};

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const text of lines) take(JSON.parse(text));
});
process.stdin.on('end', () => process.exit(0));

function take({ id, method, params }) {
  if (method === 'notifications/cancelled') cancelled += 1;
  if (id === undefined || method === undefined) return;
  if (method === 'tools/call') return run(id, params);
  const reply = answers[method];
  if (reply === undefined) say(errorLine(id, { code: -32601, message: 'Method not found' }));
  else say(line(id, JSON.stringify(reply(params))));
}

function run(id, { name, arguments: args }) {
  calls += 1;
  const { token, pad = 0, ms = 0, how, notBy } = args;
  if (notBy === process.pid) return;
  const facts = name === 'facts' ? { pid: process.pid, calls, cancelled } : {};
  const text = JSON.stringify({ token, pad: 'é'.repeat(pad), ...facts });
  const made = { id, args, result: JSON.stringify(toTextResult(text)) };
  const behave = hows[how] ?? answer;
  if (ms === 0) behave(made);
  else setTimeout(() => behave(made), ms);
}

function answer({ id, result }) {
  say(line(id, result));
}

function letGo() {
  for (const made of held.toReversed()) answer(made);
  held = [];
}

function notify(method, params) {
  say(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
}

function line(id, result) {
  return `{"jsonrpc":"2.0","id":${id},"result":${result}}\n`;
}

function errorLine(id, error) {
  return `${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`;
}

function escapeNonAscii(text) {
  return text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Runs on, whatever becomes of its input; though not for ever, if nobody ends it. */
function outstay() {
  setTimeout(() => process.exit(0), 120_000);
}

const unsaid = [];

/** Writes the pieces one by one; a number is a pause in ms. Nothing else gets between them. */
function say(...pieces) {
  if (unsaid.length > 0) {
    unsaid.push(...pieces);
    return;
  }
  const [first, ...more] = pieces;
  process.stdout.write(first);
  unsaid.push(...more);
  if (more.length > 0) setImmediate(sayNext);
}

function sayNext() {
  const next = unsaid.shift();
  if (typeof next === 'number') {
    setTimeout(sayNext, next);
    return;
  }
  process.stdout.write(next);
  if (unsaid.length > 0) setImmediate(sayNext);
}

function failToStart(file) {
  const left = Number(readFileSync(file, 'utf8'));
  if (left <= 0) return;
  writeFileSync(file, String(left - 1));
  process.exit(1);
}
