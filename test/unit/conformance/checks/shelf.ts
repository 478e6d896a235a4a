import { verify, type Finding, type Target, type VerifyOptions } from '../../../../conformance/index.ts';
import { isJsonObject, type JsonObject } from '../../../../src/index.ts';
import { answerWell, createMemoryTarget, type MemoryServer } from '../memory-target.ts';

/** A tool of a server in memory, which keeps things on a shelf of its own. */
export interface ShelfTool {
  readonly name: string;
  readonly annotations: JsonObject;
  readonly properties?: JsonObject;
  /** The text that it answers; an Error is answered with isError. */
  readonly call: (args: JsonObject, shelf: Map<string, string>, server: MemoryServer) => string | Error;
}

export const reads: JsonObject = { readOnlyHint: true };
export const writes: JsonObject = { destructiveHint: true };
export const key: JsonObject = { key: { type: 'string', minLength: 1, maxLength: 20, examples: ['milk'] } };

/** Shows all keys. */
export const list: ShelfTool = {
  name: 'list',
  annotations: reads,
  call: (_args, shelf) => `holds ${[...shelf.keys()].join(', ')}`,
};

/** Shows what a key stands for. */
export const look: ShelfTool = {
  name: 'look',
  annotations: reads,
  properties: key,
  call: ({ key: name }, shelf) => shelf.get(toText(name)) ?? new Error('nothing is there'),
};

/** Each connection has an empty shelf. */
export function createShelf(...tools: readonly ShelfTool[]): Target {
  const shelves = new WeakMap<MemoryServer, Map<string, string>>();
  const listed = tools.map(({ name, annotations, properties = {} }) => ({
    name,
    description: name,
    annotations,
    inputSchema: {
      type: 'object',
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    },
  }));
  return createMemoryTarget((message, server) => {
    const { id = null, method, params } = message;
    const { name, arguments: args } = isJsonObject(params) ? params : {};
    const tool = tools.find((known) => known.name === name);
    if (method !== 'tools/call' || tool === undefined) {
      const answer = answerWell(message, listed);
      if (answer !== undefined) server.send(answer);
      return;
    }
    const shelf = shelves.get(server) ?? new Map<string, string>();
    shelves.set(server, shelf);
    const said = tool.call(isJsonObject(args) ? args : {}, shelf, server);
    const [text, isError] = typeof said === 'string' ? [said, false] : [said.message, true];
    server.send(
      JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError } }),
    );
  });
}

/** What a check comes to on a server. */
export async function tryCheck(
  check: string,
  target: Target,
  options: Omit<VerifyOptions, 'target' | 'checks'> = {},
): Promise<{ readonly findings: readonly Finding[]; readonly verdict: unknown }> {
  const findings: Finding[] = [];
  let verdict: unknown;
  for await (const event of verify({ seed: 1, ...options, target, checks: [check] })) {
    if (event.kind === 'finding') findings.push(event.finding);
    if (event.kind === 'check-finished') ({ verdict } = event);
  }
  return { findings, verdict };
}

/** An argument as a text, whatever it may be. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
}
