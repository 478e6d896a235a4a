import type { ServerCommand } from './server-command.ts';

/** How a connection to a server ended. */
export type Ending =
  | {
      readonly kind: 'exited';
      readonly code: number | null;
      readonly signal: string | null;
      /** The last lines of stderr, oldest first. */
      readonly stderrTail: readonly string[];
    }
  | { readonly kind: 'not-started'; readonly message: string }
  /** A server that listens elsewhere cannot be talked to any more: it is gone, or it has ended the session. */
  | { readonly kind: 'lost'; readonly message: string };

/** What the server sent between two message boundaries. */
export interface ReceivedText {
  readonly text: string;
  /** Milliseconds since the connection was opened. */
  readonly atMs: number;
  /** Undefined when the text came whole and as UTF-8; else what was wrong with its bytes. */
  readonly fault?: string;
  /** Set when it is the body of an HTTP error, so that it need not be a message (MCP basic/transports, "Sending Messages to the Server"). */
  readonly refusal?: Refusal;
  /** True when it came beside the answers, so that its order to them says nothing. @default false */
  readonly isAside?: boolean;
}

/** An HTTP error in answer to one of our texts. */
export interface Refusal {
  readonly status: number;
  /** `HTTP 413 Payload Too Large`. */
  readonly title: string;
  /** The text that was refused, as it was sent. */
  readonly of: string;
}

/** Who listens to a connection. Both are called on later turns of the event loop, never while it is being opened. */
export interface ChannelHandlers {
  readonly onText: (received: ReceivedText) => void;
  /** No answer to this text can come any more, if none has come; `reason` says why. */
  readonly onOver?: (text: string, reason: string) => void;
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
  /** The process that each connection starts, for those who start another; undefined where it is none. */
  readonly process?: ServerCommand;
  /** True when nothing is behind it but an OpenAPI document: only checks of contracts make sense. @default false */
  readonly isDocument?: boolean;
  readonly open: (handlers: ChannelHandlers) => Channel;
  /** Removes what the target made for its connections; all of them are closed. */
  readonly dispose: () => Promise<void>;
}
