import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '../../src/index.ts';

/** A call of a tool, as it reached the server. */
export interface SentCall {
  readonly tool: string;
  readonly arguments: unknown;
  /** The whole line. */
  readonly line: string;
}

/** What a gateway sent to the server, read from where the tee writes it. */
export class SentLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** How much was written so far; what comes after it is read with {@link callsSince}. */
  mark(): number {
    return this.#read().length;
  }

  /** The calls that were written after a mark, oldest first; what came first may be gone of a very long log. */
  callsSince(mark: number): readonly SentCall[] {
    return this.#read()
      .subarray(mark)
      .toString('utf8')
      .split('\n')
      .flatMap((line) => toCall(line));
  }

  #read(): Buffer {
    try {
      return readFileSync(this.#path);
    } catch {
      return Buffer.alloc(0);
    }
  }
}

function toCall(line: string): readonly SentCall[] {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return [];
  }
  if (!isJsonObject(message) || message['method'] !== 'tools/call') return [];
  const params: JsonObject = isJsonObject(message['params']) ? message['params'] : {};
  const { name, arguments: args } = params;
  return typeof name === 'string' ? [{ tool: name, arguments: args, line }] : [];
}
