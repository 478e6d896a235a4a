import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer } from '../load/http-call.ts';

/** A call as it is sent. */
export interface SentCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body: string;
}

const slowChunk = 16_384;
const pauseMs = 20;
/** Large answers are read at full speed after this. */
const slowForMs = 2_000;

/** Makes a call and closes the connection after so long; whether it was still unanswered then. Never rejects. */
export async function hangUp(call: SentCall, afterMs: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const sent = open(call);
    const timer = setTimeout(() => {
      resolve(true);
      sent.destroy();
    }, afterMs);
    const end = (): void => {
      clearTimeout(timer);
      resolve(false);
      sent.destroy();
    };
    sent.on('response', end);
    sent.on('error', end);
    sent.end(call.body);
  });
}

/** Makes a call, and reads its answer a little at a time; status 0: there was none. Never rejects. */
export async function readSlowly(call: SentCall, timeoutMs: number): Promise<HttpAnswer> {
  return await new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ status: 0, body: error.message });
    const sent = open(call);
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs / 1_000} s`)));
    sent.on('error', fail);
    sent.on('response', (response) => {
      readPieces(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), fail);
    });
    sent.end(call.body);
  });
}

async function readPieces(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  const slowUntil = performance.now() + slowForMs;
  await sleep(pauseMs);
  for await (const chunk of response) {
    const bytes = chunk as Buffer; // no encoding was set
    pieces.push(bytes);
    for (let at = 0; at < bytes.length && performance.now() < slowUntil; at += slowChunk)
      await sleep(pauseMs);
  }
  return Buffer.concat(pieces).toString();
}

/** Over a connection of its own: those of others must not be hurt. */
function open({ url, headers, path, body }: SentCall): ClientRequest {
  const send = url.startsWith('https:') ? tlsRequest : request;
  return send(`${url.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  });
}
