import type { LargeValues } from '../json/large-values.ts';
import type { Tool } from '../tool.ts';
import type { Traffic } from './traffic.ts';

/** What a server said of itself when it was initialized and listed. Replaced whole, never changed. */
export interface Catalog {
  readonly serverInfo: { readonly name: string; readonly version: string; readonly title?: string };
  readonly instructions?: string;
  readonly tools: readonly Tool[];
}

/** The state of one server's connection, for /readyz. */
export type UpstreamState =
  /** The first attempt is under way. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready' }
  /** A person has to open this URL and agree before the server lets us in. */
  | { readonly kind: 'awaiting_authorization'; readonly url: string }
  /** Lost, or never reached; `retryInMs` until the next attempt starts, counted from when the state was entered. */
  | { readonly kind: 'restarting'; readonly retryInMs: number; readonly reason: string }
  | { readonly kind: 'closed' };

/**
 * Whether a server that keeps dying gets calls. `open`: it died so often in a row that calls are refused at once;
 * `half_open`: it was started once more and is being probed, still without calls.
 */
export type CircuitState = 'closed' | 'open' | 'half_open';

/** Why a server's circuit is not closed. */
export interface Failures {
  readonly inARow: number;
  /** How the server died, when the last was its death; undefined when it did not come up. */
  readonly death?: string;
}

/** Children of one server. */
export interface ReplicaCount {
  /** Those that take calls. */
  readonly ready: number;
  readonly total: number;
}

/** One tools/call. */
export interface ToolCall {
  readonly tool: string;
  /** The arguments object as JSON text, as the caller sent it; valid JSON without raw line breaks. */
  readonly argumentsJson: string;
  readonly timeoutMs: number;
  /** Of that time, and of `extraTime.maxMs`, already gone when the call comes here. @default 0 */
  readonly waitedMs?: number | undefined;
  /** Aborted when the caller has gone: the call is cancelled upstream. */
  readonly signal?: CancelSignal | undefined;
  /** A progress token is sent when given. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Progress moves the deadline. A progress token is sent when given. @default it does not */
  readonly extraTime?: ExtraTime | undefined;
  /** Whose call it is, for taking turns where calls have to wait. @default one client for all */
  readonly client?: ClientIdentity | undefined;
  /** May be sent a second time when the server died before it answered (readOnlyHint, idempotentHint). */
  readonly isRepeatable?: boolean | undefined;
  /** All of the caller's request headers, for servers that keep a session for each user. */
  readonly callerHeaders?: RequestHeaders | undefined;
  /** Those of them that the server gets: as HTTP headers, or in `_meta` over stdio. */
  readonly forwardedHeaders?: Readonly<Record<string, string>> | undefined;
  /** Told of each request that the call is sent as. @default the call is not traced */
  readonly trace?: CallTrace | undefined;
}

/** Follows a call to its server; made only where calls are traced. Nothing here throws. */
export interface CallTrace {
  /** A request is about to be sent; a call that is sent anew is told of again. */
  sending(requestId: number, peer: Peer): SentRequest;
}

/** One request that a traced call was sent as. */
export interface SentRequest {
  /** What the server is to know of the trace: members of `_meta` and headers, in lower case (MCP basic, "_meta"). */
  readonly context: Readonly<Record<string, string>>;
  /** The request is over; called once. */
  ended(outcome: CallOutcome): void;
}

/** The other end of a connection, for traces. */
export interface Peer {
  readonly transport: 'pipe' | 'tcp';
  readonly address?: string;
  readonly port?: number;
}

/** How long a call may go on that reports progress (MCP basic/lifecycle, "Timeouts"). */
export interface ExtraTime {
  /** From each progress notification on. */
  readonly byMs: number;
  /** From the start of the call, whatever it reports. */
  readonly maxMs: number;
}

/** Tells the clients of calls apart. */
export interface ClientIdentity {
  /** The same text for calls of the same client. Asked only when a call has to wait, so it may take some work. */
  identify(): string;
  /** @default nobody has proven who they are */
  readonly identity?: ProvenCaller | undefined;
}

/** What is proven of who makes a call. */
export interface ProvenCaller {
  /** In which way; `forwarded`: a trusted proxy says it. */
  readonly kind: string;
  readonly name: string;
  /** Of the named API key that the caller, or the proxy that speaks for it, came with. */
  readonly keyName?: string;
  /** Of a token, or what the proxy says; values may be anything that JSON can hold. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** As who the proxy itself came. */
  readonly by?: ProvenCaller;
}

/** What a call brings that may tell its user. */
export interface CallOrigin {
  readonly headers: RequestHeaders | undefined;
  /** @default nothing is proven */
  readonly identity?: ProvenCaller | undefined;
}

/** Request headers as node:http gives them: names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * What a call needs of an AbortSignal, which fits. Callers with many calls pass something lighter: an AbortController
 * and its listener cost about 10 µs a call on Node 20, more than the pipe itself (bench/targets/micro).
 */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: CancelListener): void;
  removeEventListener(type: 'abort', listener: CancelListener): void;
}

/** As an EventTarget takes it; an object with `handleEvent` saves its owner a closure. */
export type CancelListener = (() => void) | { handleEvent(): void };

/** params of notifications/progress (MCP basic/utilities/progress), without the token. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** How a call ended; every call settles with exactly one. */
export type CallOutcome =
  /**
   * `resultJson`: UTF-8 bytes of the CallToolResult, as the server wrote them. With `large`, the large values in it,
   * they are valid JSON, the inside of strings included.
   */
  | {
      readonly kind: 'result';
      readonly resultJson: Buffer;
      readonly upstreamMs: number;
      readonly large?: LargeValues;
    }
  /** The server answered with a JSON-RPC error. */
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly data?: unknown }
  /** `after`: it had reported progress, then nothing; or was still going on when no more time could be had. */
  | { readonly kind: 'timeout'; readonly after?: 'silence' | 'max_time' }
  | { readonly kind: 'cancelled' }
  /** The connection was lost after the call was sent; it may have run. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** Never sent. */
  | {
      readonly kind: 'not_ready';
      readonly retryAfterMs: number;
      readonly reason: string;
      readonly failures?: Failures;
    }
  /**
   * Never sent: window and queue are full, or its place in the queue went to a client with fewer calls there; or, with
   * `after`, its time was over before its turn came.
   */
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number; readonly after?: 'waiting' }
  /** Never sent: the request lacks what tells this server's users apart; `needs` says what, for the caller. */
  | { readonly kind: 'no_session_key'; readonly needs: string }
  | { readonly kind: 'too_large'; readonly limitBytes: number };

/** The MCP server behind us, as the gateway sees it: never a process. */
export interface Upstream {
  readonly name: string;
  readonly state: UpstreamState;
  /** Undefined until the first connection succeeded; kept while restarting. */
  readonly catalog: Catalog | undefined;
  /** Calls sent and not yet settled. */
  readonly inFlight: number;
  /** Restarts since the start. */
  readonly restarts: number;
  /** Sessions of users that are open; undefined where all share one. */
  readonly sessions?: number;
  /** Undefined where there is but one, ever. */
  readonly replicas?: ReplicaCount;
  /** @default 'closed' */
  readonly circuit?: CircuitState;
  /** While the circuit is not closed. */
  readonly failures?: Failures | undefined;
  /** Sums over all connections so far, and what of the open ones waits; for metrics. @default not counted */
  readonly traffic?: Traffic;
  /** Lists the tools again; concurrent requests share one listing, and one that has just ended is not repeated. */
  refresh(): Promise<void>;
  /** Never rejects. */
  callTool(call: ToolCall): Promise<CallOutcome>;
  /** Called after `state` or `catalog` changed. Returns the way to stop listening. */
  onChange(listener: () => void): () => void;
  /** Ends the connection and everything it started; resolves when all is gone, within `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}

/** An upstream that its owner starts. */
export interface StartableUpstream extends Upstream {
  readonly traffic: Traffic;
  /** False while a call would have to wait, or be refused. @default true */
  readonly hasRoom?: boolean;
  /**
   * Connects for the first time; call it once.
   *
   * @param onFailure `close`: the failure rejects, and the state is closed; `retry`: it is logged and tried again, for
   * ever, and the promise resolves when the first attempt is over or waits for a person. @default 'close'
   * @throws UpstreamStartError with `close`
   */
  start(onFailure?: 'close' | 'retry'): Promise<void>;
  /**
   * Runs the server anew without a moment in which it takes fewer calls; undefined where that cannot be had. Never
   * rejects.
   */
  restart?(): Promise<void>;
}
