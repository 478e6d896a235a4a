import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { streamOf } from './tls/http2.ts';

/** What carries an answer: a connection of HTTP/1, a stream of HTTP/2. */
export type Carrier = Socket | ServerHttp2Stream;

/** An answer that is being sent in slices. */
export interface Sending {
  readonly requestId: string;
  /** Handed to the connection so far. */
  readonly sentBytes: number;
  /** Not handed over yet. */
  readonly restBytes: number;
}

/** How a slice goes out, and what follows the last one. */
export interface SliceForm {
  readonly toSlice: (slice: Buffer) => Buffer;
  readonly tail: string;
}

/** More goes out in slices: their coming and going shows whether anybody reads, whatever lies beneath. */
export const sliceBytes = 65_536;
/** So often at the most in a row, for a reader that is as fast; then others have their turn. */
const slicesInARow = 32;

/** The sendings of each carrier; with HTTP/1, requests may be sent before earlier ones are answered. */
const sendings = new WeakMap<Carrier, Set<Sending>>();

/** The answers on a carrier of which not all was handed to it. */
export function sendingsOf(carrier: Carrier): Iterable<Sending> {
  return sendings.get(carrier) ?? [];
}

/** Whether some of an answer was not handed to the carrier yet. */
export function isSendingOn(carrier: Carrier): boolean {
  return (sendings.get(carrier)?.size ?? 0) > 0;
}

/** Sends the rest of an answer, and ends it; no faster than it is taken. */
export function endInSlices(
  response: ServerResponse,
  body: Buffer,
  requestId: string,
  form: SliceForm = plain,
): void {
  const carrier: Carrier = streamOf(response) ?? response.req.socket;
  const sending = {
    requestId,
    sentBytes: 0,
    get restBytes() {
      return body.length - sending.sentBytes;
    },
  };
  const all = sendings.get(carrier) ?? new Set();
  sendings.set(carrier, all.add(sending));
  let row = 0;
  const sendOn = (): void => {
    while (sending.restBytes > 0 && !carrier.destroyed) {
      const end = Math.min(body.length, sending.sentBytes + sliceBytes);
      const slice = form.toSlice(body.subarray(sending.sentBytes, end));
      sending.sentBytes = end;
      if (response.write(slice)) continue;
      row += 1;
      if (row % slicesInARow === 0) response.once('drain', () => setImmediate(sendOn));
      else response.once('drain', sendOn);
      return;
    }
    if (!carrier.destroyed) response.end(form.tail);
    all.delete(sending);
  };
  response.once('close', () => all.delete(sending));
  sendOn();
}

const plain: SliceForm = { toSlice: (slice) => slice, tail: '' };
