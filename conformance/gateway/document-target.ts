import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { Channel, ChannelHandlers, Target } from '../target/target.ts';
import type { RestDocument, RestOperation } from './rest-document.ts';

/** A target that lists the operations of a document as tools, for runs without an MCP server; it calls none of them. */
export function createDocumentTarget(document: RestDocument, name: string): Target {
  return {
    name,
    endsWithInput: false,
    isDocument: true,
    open: (handlers) => openChannel(document, handlers),
    dispose: () => Promise.resolve(),
  };
}

function openChannel(document: RestDocument, handlers: ChannelHandlers): Channel {
  const openedAt = performance.now();
  const now = (): number => performance.now() - openedAt;
  let isOpen = true;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    setImmediate(() => handlers.onEnded({ kind: 'exited', code: 0, signal: null, stderrTail: [] }));
  };
  return {
    now,
    send: (text) => {
      const message: unknown = JSON.parse(text);
      if (!isJsonObject(message) || message['id'] === undefined) return;
      const answer = JSON.stringify({ jsonrpc: '2.0', id: message['id'], ...toAnswer(document, message) });
      setImmediate(() => {
        if (isOpen) handlers.onText({ text: answer, atMs: now() });
      });
    },
    endInput: end,
    close: () => {
      end();
      return Promise.resolve();
    },
  };
}

function toAnswer(document: RestDocument, { method }: JsonObject): JsonObject {
  switch (method) {
    case 'initialize':
      return { result: toInitializeResult(document) };
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return { result: { tools: document.operations.map(toTool) } };
    default:
      return { error: { code: -32601, message: 'this is a document alone' } };
  }
}

function toInitializeResult({ source }: RestDocument): JsonObject {
  const info = isJsonObject(source['info']) ? source['info'] : {};
  const { title = '', version = '' } = info;
  return {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: title, version },
  };
}

function toTool({ tool, source, inputSchema }: RestOperation): JsonObject {
  const { description, 'x-mcp-annotations': annotations } = source;
  return {
    name: tool,
    inputSchema: inputSchema ?? { type: 'object', maxProperties: 0 },
    ...(description !== undefined && { description }),
    ...(annotations !== undefined && { annotations }),
  };
}
