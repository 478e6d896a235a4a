import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  /** The connection ended before the body did. */
  | { readonly kind: 'cut' };

/** Reads a whole body; one that is longer than `maxBytes` is given up, and its connection closed. Never rejects. */
export function readBody(message: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= maxBytes) return;
      resolve({ kind: 'too_large' });
      chunks.length = 0;
      message.destroy();
    });
    message.once('close', () => {
      resolve(
        message.complete ? { kind: 'complete', bytes: Buffer.concat(chunks, length) } : { kind: 'cut' },
      );
    });
    message.resume();
  });
}
