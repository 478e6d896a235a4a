import type { Violation } from '../errors.ts';
import type { JsonObject } from '../json/value.ts';
import type { Tool } from '../tool.ts';

/** One MCP server's share of a document. */
export interface ToolSource {
  /** The server's name in the configuration; '' when it is the only one and its tools sit at the root. */
  readonly server: string;
  readonly tools: readonly Tool[];
  /** `instructions` of the initialize result. */
  readonly instructions?: string;
  /** `serverInfo` of the initialize result. */
  readonly serverInfo?: { readonly name: string; readonly version: string; readonly title?: string };
}

/** path + method + operationId, and the tool behind it. */
export interface Operation {
  readonly operationId: string;
  readonly path: string;
  readonly method: 'post';
  /** As in {@link ToolSource.server}. */
  readonly server: string;
  /** The MCP tool's own name, as the server listed it. */
  readonly tool: string;
  /** False when the empty object satisfies the input schema: the body may then be left out. */
  readonly isBodyRequired: boolean;
  readonly hasOutputSchema: boolean;
  /** readOnlyHint or idempotentHint: a call that may have run may be sent again. */
  readonly isRepeatable: boolean;
}

/** A tool that the document leaves out, and why. */
export interface UnservedTool {
  readonly server: string;
  readonly tool: string;
  /** JSON Pointer into the tool object as listed, to the schema at fault. */
  readonly pointer: string;
  readonly reason: string;
}

/** The answer to "which operation is this request?". */
export type Match =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'wrong_method'; readonly allow: readonly string[] }
  | { readonly kind: 'unknown'; readonly nearest: readonly string[] };

/** The compiled, frozen document. Immutable: a change of tools makes a new one. */
export interface Contract {
  readonly document: JsonObject;
  /** `x-contract-digest` of the document: sha256 over its canonical form, in hex. */
  readonly digest: string;
  readonly operations: readonly Operation[];
  readonly unserved: readonly UnservedTool[];
  /** Finds the operation for an upper-case HTTP method and a raw (still percent-encoded) URL path. Constant cost. */
  match(method: string, path: string): Match;
  /** Checks parsed arguments against the input schema; undefined when they satisfy it. At most 100 violations. */
  validateArguments(operation: Operation, value: unknown): readonly Violation[] | undefined;
  /** Checks structuredContent against the output schema; undefined when it satisfies it, or there is none. */
  validateResult(operation: Operation, value: unknown): readonly Violation[] | undefined;
  /** Compiles an operation's validators, which its first call would else wait for. */
  prepare(operation: Operation): void;
}
