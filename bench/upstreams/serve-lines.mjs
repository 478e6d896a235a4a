// An MCP server on bare stdio: next to nothing but its tools costs anything. Answers of one tick leave in one write.

/**
 * @param {object} server
 * @param {string} server.name
 * @param {readonly object[]} server.tools
 * @param {(call: {name: string, arguments: any}, reply: (result: object) => void, id: number | string) => void} server.call
 */
export function serveLines({ name, tools, call }) {
  const answers = {
    initialize: ({ protocolVersion }) => ({
      protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name, version: '1.0.0' },
    }),
    ping: () => ({}),
    'tools/list': () => ({ tools }),
  };
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk) => {
    const text = rest + chunk;
    let start = 0;
    for (let end; (end = text.indexOf('\n', start)) !== -1; start = end + 1) {
      take(JSON.parse(text.slice(start, end)));
    }
    rest = text.slice(start);
  });
  process.stdin.on('end', () => process.exit(0));

  function take({ id, method, params }) {
    if (method === 'tools/call') return call(params, (result) => send({ jsonrpc: '2.0', id, result }), id);
    if (id === undefined) return;
    const answer = answers[method];
    if (answer === undefined)
      return send({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
    send({ jsonrpc: '2.0', id, result: answer(params) });
  }
}

let waiting = '';

/** Writes one message at the end of the tick, together with the others. */
function send(message) {
  if (waiting === '') setImmediate(flush);
  waiting += `${JSON.stringify(message)}\n`;
}

function flush() {
  process.stdout.write(waiting);
  waiting = '';
}

/** A result of one text. */
export function toTextResult(text) {
  return { content: [{ type: 'text', text }] };
}

/** The tool that most scenarios call. */
export const echoTool = {
  name: 'echo',
  description: 'Answers with the text.',
  annotations: { readOnlyHint: true },
  inputSchema: {
    type: 'object',
    properties: { text: { type: 'string', maxLength: 100_000 }, n: { type: 'integer', minimum: 0 } },
    required: ['text'],
  },
};
