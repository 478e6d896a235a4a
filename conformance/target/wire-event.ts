import type { JsonObject } from '../../src/index.ts';
import type { Ending, Refusal } from './target.ts';

/** JSON-RPC 2.0 section 4: ids of requests; MCP leaves out null. */
export type RequestId = string | number;

/** A request of ours, and what became of it. */
export interface SentRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** The tool, when it is a call of one. */
  readonly tool: string | undefined;
  readonly progressToken: RequestId | undefined;
  readonly text: string;
  readonly sentAtMs: number;
  /** How many responses named this id so far, with its type. */
  responses: number;
  isCancelled: boolean;
}

/** A line of the server's, as far as it could be understood. */
export type Received =
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** JSON, but no JSON-RPC message. */
  | { readonly kind: 'other'; readonly value: unknown; readonly reason: string }
  | { readonly kind: 'batch'; readonly items: readonly unknown[] }
  /** An HTTP error in answer to a text of ours. */
  | { readonly kind: 'refusal'; readonly refusal: Refusal; readonly request: SentRequest | undefined }
  | {
      readonly kind: 'response';
      readonly message: JsonObject;
      /** The request with exactly this id. */
      readonly request: SentRequest | undefined;
      /** Without one, a request whose id looks the same: `1` and `"1"`. */
      readonly lookalike: SentRequest | undefined;
      /** True when a text that was sent as it is had this id. */
      readonly answersText: boolean;
    }
  | { readonly kind: 'request'; readonly message: JsonObject; readonly method: string }
  | { readonly kind: 'notification'; readonly message: JsonObject; readonly method: string };

/** One line in either direction, as evidence. */
export interface WireLine {
  readonly direction: 'sent' | 'received';
  readonly text: string;
  /** Milliseconds since the connection was opened. */
  readonly atMs: number;
}

/** What happens on a connection, for those who watch it. */
export type WireEvent =
  | { readonly kind: 'requested'; readonly request: SentRequest }
  | {
      readonly kind: 'received';
      readonly line: WireLine;
      readonly received: Received;
      /** True when it came beside the answers, so that its order to them says nothing. */
      readonly isAside: boolean;
    }
  /** The deadline of a request has passed, or for some other `reason` no answer can come any more. */
  | {
      readonly kind: 'unanswered';
      readonly request: SentRequest;
      readonly waitedMs: number;
      readonly reason?: string;
    }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly isExpected: boolean };
