import type { CallOutcome, Catalog, ToolCall } from './upstream.ts';

/** One initialized connection to a server: from initialize to its loss or close, never again. */
export interface Session {
  /** The latest listing. */
  readonly catalog: Catalog;
  readonly inFlight: number;
  /** False while a call would have to wait, or be refused. @default true */
  readonly hasRoom?: boolean;
  /** Never rejects; after the loss `not_ready`. */
  callTool(call: ToolCall): Promise<CallOutcome>;
  /** True when the server answered a ping within the time, be it by an error (MCP basic/utilities/ping); never rejects. */
  ping(timeoutMs: number): Promise<boolean>;
  /** Lists the tools again; never rejects: a failure is logged and leaves the catalog as it is. */
  refresh(): Promise<void>;
  /**
   * After the loss: resolves when another session may be opened beside what is left of this one, at most `deadlineMs`
   * from now. Calls in flight may still be answered.
   */
  retire(deadlineMs: number): Promise<void>;
  /** Ends the connection and all it started; also after a loss, to wait for, and hasten, what is still ending. */
  close(deadlineMs: number): Promise<void>;
}

export interface SessionEvents {
  /**
   * Called at most once, before the calls in flight are settled; not after `close`.
   * Returns the time after which calls that were never sent may be tried again.
   */
  readonly onLost: (reason: string) => number;
  /** `catalog` was replaced. */
  readonly onCatalog: () => void;
  /** While opening: a person has to agree at this URL. The opening goes on when they have. */
  readonly onAuthorization: (url: string) => void;
}

/**
 * Connects, initializes and lists the tools.
 *
 * @throws UpstreamStartError when that fails or the signal is aborted; by then, what was started has ended.
 */
export type OpenSession = (events: SessionEvents, signal: AbortSignal) => Promise<Session>;
