import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Channel, ChannelHandlers, Target } from '../../../conformance/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/index.ts';

/** What a server in memory can do with a message. */
export interface MemoryServer {
  readonly send: (text: string) => void;
  readonly exit: (code: number) => void;
  /** How many connections were opened before this one. */
  readonly starts: number;
}

type Receive = (message: JsonObject, server: MemoryServer) => void;

/** A target without a process: `receive` gets each message that is a JSON object. */
export function createMemoryTarget(receive: Receive): Target {
  let starts = 0;
  return {
    name: 'memory',
    endsWithInput: true,
    open: (handlers) => openChannel(receive, handlers, starts++),
    dispose: () => Promise.resolve(),
  };
}

function openChannel(receive: Receive, handlers: ChannelHandlers, starts: number): Channel {
  let isOpen = true;
  const openedAt = performance.now();
  const now = (): number => performance.now() - openedAt;
  const exit = (code: number): void => {
    if (!isOpen) return;
    isOpen = false;
    setImmediate(() => handlers.onEnded({ kind: 'exited', code, signal: null, stderrTail: [] }));
  };
  const server: MemoryServer = {
    starts,
    exit,
    send: (text) => {
      const atMs = now();
      if (isOpen) setImmediate(() => handlers.onText({ text, atMs }));
    },
  };
  return {
    now,
    send: (text) => {
      const message = parse(text);
      if (isOpen && isJsonObject(message)) receive(message, server);
    },
    endInput: () => exit(0),
    close: () => {
      exit(0);
      return Promise.resolve();
    },
  };
}

/** Answers as a small server does that has no fault; undefined for what needs no answer. */
export function answerWell(
  { id, method, params }: JsonObject,
  tools: readonly JsonObject[],
): string | undefined {
  if (typeof id !== 'string' && typeof id !== 'number') return undefined;
  const reply = (body: JsonObject): string => JSON.stringify({ jsonrpc: '2.0', id, ...body });
  switch (method) {
    case 'initialize':
      return reply({ result: initializeResult });
    case 'ping':
      return reply({ result: {} });
    case 'tools/list':
      return reply({ result: { tools } });
    case 'tools/call': {
      const fault = findFault(params, tools);
      return reply(
        fault === undefined
          ? { result: { content: [{ type: 'text', text: textOf(params) }] } }
          : { error: { code: -32602, message: fault } },
      );
    }
    default:
      return reply({ error: { code: -32601, message: 'method not found' } });
  }
}

/** Says its text again. */
export const echoTool: JsonObject = {
  name: 'echo',
  description: 'Says a text again',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  annotations: { readOnlyHint: true },
};

const initializeResult = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'memory', version: '1' },
};

function findFault(params: JsonValue | undefined, tools: readonly JsonObject[]): string | undefined {
  const { name, arguments: args = {} } = isJsonObject(params) ? params : {};
  const tool = tools.find((known) => known['name'] === name);
  if (tool === undefined) return 'Unknown tool';
  const { inputSchema = {} } = tool;
  let validate = validators.get(inputSchema as object);
  validate ??= new Ajv2020({ strict: false, logger: false }).compile(inputSchema as object);
  validators.set(inputSchema as object, validate);
  return validate(args) ? undefined : 'Invalid arguments';
}

/** By schema. */
const validators = new WeakMap<object, ValidateFunction>();

function textOf(params: JsonValue | undefined): string {
  const args = isJsonObject(params) ? params['arguments'] : undefined;
  return isJsonObject(args) && typeof args['text'] === 'string' ? args['text'] : '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
