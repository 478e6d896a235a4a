import type { Clock } from '../clock.ts';
import type { Logger } from '../../logger.ts';
import type { MessageRouter } from '../messages/message-router.ts';
import type { Pipeline } from '../calls/pipeline.ts';
import type { HttpClient } from './http-client.ts';

/** Where messages are posted to, and with which headers. */
export interface PostTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the posts of one session share. */
export interface CallLane {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly http: HttpClient;
  readonly pipeline: Pipeline;
  readonly router: MessageRouter;
  readonly maxMessageBytes: number;
  /** Answers come on a stream beside the posts (HTTP+SSE), rather than as the answer of each (streamable HTTP). */
  readonly hasCommonStream: boolean;
  /** False when no answer can come any more. */
  readonly isStreaming: () => boolean;
  /** As of now: credentials are renewed in time. */
  readonly target: () => Promise<PostTarget>;
  /** The session is lost. @returns the time after which calls that were never run may be tried again */
  readonly gone: (reason: string) => number;
  /** The session may be lost: asks the server; resolves when it is known. */
  readonly suspect: () => Promise<void>;
  /** The last post under way has ended. */
  readonly onIdle: () => void;
}
