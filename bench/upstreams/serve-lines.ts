import type { JsonObject } from '../../src/index.ts';

/** One `tools/call`, as the server takes it. */
export interface LineCall {
  readonly name: string;
  readonly arguments?: JsonObject;
}

/** A server of {@link serveLines}. */
export interface LineServer {
  readonly name: string;
  readonly tools: readonly JsonObject[];
  readonly call: (call: LineCall, reply: (result: JsonObject) => void, id: number | string) => void;
}

/** The tool that most scenarios call. */
export const echoTool: JsonObject & {
  readonly inputSchema: JsonObject & { readonly properties: JsonObject };
} = {
  name: 'echo',
  description: 'Answers with the text.',
  annotations: { readOnlyHint: true },
  inputSchema: {
    type: 'object',
    properties: { text: { type: 'string', maxLength: 100_000 }, n: { type: 'integer', minimum: 0 } },
    required: ['text'],
  },
};

/** Serves tools on bare stdio: next to nothing but the tools costs anything. Answers of one tick leave in one write. */
export function serveLines({ name, tools, call }: LineServer): void {
  const answers = new Map<unknown, (params: JsonObject) => JsonObject>([
    ['initialize', ({ protocolVersion = '' }) => toInitialized(name, protocolVersion)],
    ['ping', () => ({})],
    ['tools/list', () => ({ tools })],
  ]);
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const text = rest + chunk;
    let start = 0;
    for (let end; (end = text.indexOf('\n', start)) !== -1; start = end + 1) take(text.slice(start, end));
    rest = text.slice(start);
  });
  process.stdin.on('end', () => process.exit(0));

  function take(line: string): void {
    // Whoever drives this server speaks JSON-RPC; parsing more carefully would be measured.
    const { id, method, params } = JSON.parse(line) as {
      readonly id?: number | string;
      readonly method?: string;
      readonly params?: JsonObject;
    };
    if (id === undefined) return;
    if (method === 'tools/call') {
      const asked = params as unknown as LineCall; // MCP server/tools, tools/call
      call(asked, (result) => send({ jsonrpc: '2.0', id, result }), id);
      return;
    }
    const answer = answers.get(method);
    if (answer === undefined)
      send({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
    else send({ jsonrpc: '2.0', id, result: answer(params ?? {}) });
  }
}

/** A result of one text. */
export function toTextResult(text: string): JsonObject {
  return { content: [{ type: 'text', text }] };
}

let waiting = '';

/** Writes one message at the end of the tick, together with the others. */
function send(message: JsonObject): void {
  if (waiting === '') setImmediate(flush);
  waiting += `${JSON.stringify(message)}\n`;
}

function flush(): void {
  process.stdout.write(waiting);
  waiting = '';
}

function toInitialized(name: string, protocolVersion: JsonObject[string]): JsonObject {
  return {
    protocolVersion: protocolVersion ?? '',
    capabilities: { tools: {} },
    serverInfo: { name, version: '1.0.0' },
  };
}
