/** How a connection to a server ended. */
export type Ending =
  | {
      readonly kind: 'exited';
      readonly code: number | null;
      readonly signal: string | null;
      /** The last lines of stderr, oldest first. */
      readonly stderrTail: readonly string[];
    }
  | { readonly kind: 'not-started'; readonly message: string };

/** What the server sent between two message boundaries. */
export interface ReceivedText {
  readonly text: string;
  /** Milliseconds since the connection was opened. */
  readonly atMs: number;
  /** Undefined when the text came whole and as UTF-8; else what was wrong with its bytes. */
  readonly fault?: string;
}

/** Who listens to a connection. Both are called on later turns of the event loop, never while it is being opened. */
export interface ChannelHandlers {
  readonly onText: (received: ReceivedText) => void;
  /** Once, after the last text. */
  readonly onEnded: (ending: Ending) => void;
}

/** One open connection: texts in both directions, nothing known of what they mean. */
export interface Channel {
  /** Milliseconds since it was opened. */
  readonly now: () => number;
  /** Sends one message as it is; lost when the connection has ended. */
  readonly send: (text: string) => void;
  /** Says that nothing more will be sent, as a client does that leaves (MCP basic/lifecycle, shutdown). */
  readonly endInput: () => void;
  /** Ends the connection and whatever it started, politely for `graceMs`, then by force. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** A server as the checks see it: something to which connections can be opened, again and again. */
export interface Target {
  /** For people: the command line, or the address. */
  readonly name: string;
  /** True when `Channel.endInput` makes the server end: it is ours alone, over stdio. */
  readonly endsWithInput: boolean;
  readonly open: (handlers: ChannelHandlers) => Channel;
  /** Removes what the target made for its connections; all of them are closed. */
  readonly dispose: () => Promise<void>;
}
