import type { IncomingMessage } from 'node:http';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { MessageRouter } from '../messages/message-router.ts';
import { EventStreamReader } from './event-stream.ts';

export interface ClientStreamOptions {
  readonly router: MessageRouter;
  readonly maxMessageBytes: number;
  /** The stream may be resumed. */
  readonly keepsEventIds: boolean;
}

const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/**
 * The events that the SDK's client is to see of a stream, as a stream again: what belongs to calls is taken out, and what
 * is too large. Without this the SDK would parse each result of a call, and leave nothing of its text.
 */
export function toClientStream(
  message: IncomingMessage,
  options: ClientStreamOptions,
): ReadableStream<Uint8Array> {
  const { router, maxMessageBytes, keepsEventIds } = options;
  let isOpen = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const emit = (text: string): void => {
        if (!isOpen) return;
        controller.enqueue(Buffer.from(text));
        if ((controller.desiredSize ?? 1) <= 0) message.pause();
      };
      const emitMessage = (own: JSONRPCMessage): void => emit(`data: ${JSON.stringify(own)}\n\n`);
      const reader = new EventStreamReader(maxMessageBytes, {
        onEvent: ({ type, id, data }) => {
          // By itself, for the message of this event may be taken out.
          if (id !== undefined && keepsEventIds) emit(`id: ${id}\ndata:\n\n`);
          if (data.length === 0) return;
          if (type === '' || type === 'message') router.route(data, emitMessage);
          else emit(`event: ${type}\ndata: ${data.toString('utf8')}\n\n`);
        },
        onOversized: (head, tail, byteLength) => router.routeOversized(head, tail, byteLength, emitMessage),
        // A server that says 0 would have the SDK connect again without end.
        onRetry: (ms) => emit(`retry: ${Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, ms))}\n\n`),
      });
      message.on('data', (chunk: Buffer) => reader.push(chunk));
      message.once('close', () => {
        reader.end();
        if (!isOpen) return;
        isOpen = false;
        controller.close();
      });
      message.resume();
    },
    pull() {
      message.resume();
    },
    cancel() {
      isOpen = false;
      message.destroy();
    },
  });
}
