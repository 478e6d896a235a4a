import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestRecord, RequestRecords } from './request-record.ts';
import { endInSlices, sliceBytes } from './send-in-slices.ts';

/** One request and its answer to be, on Node's own objects: tool calls are answered on these, Fastify or not. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request id. */
  readonly id: string;
  /** Of the answer, so far; names in lower case. */
  readonly headers: OutgoingHttpHeaders;
  /** Where requests are recorded. */
  readonly record?: RequestRecord | undefined;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Of the requests under way. @default none are kept */
    readonly requestRecords?: RequestRecords;
  }
}

/** Takes an exchange out of Fastify's hands: it is answered by whoever has it. */
export function takeExchange(request: FastifyRequest, reply: FastifyReply): Exchange {
  reply.hijack();
  // Fastify's record of headers names each known one; Node's type wants them as its own.
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  const record = reply.server.requestRecords?.of(request.raw);
  return { request: request.raw, response: reply.raw, id: request.id, headers, record };
}

/**
 * Answers with a body as it is, and the headers set so far.
 *
 * Past Fastify's own `send`, which adds a charset to every JSON type (they have none, RFC 8259 section 11) and would
 * need the text as bytes to keep from it: head and body then go out in two writes instead of one.
 */
export function answerWith(
  { request, response, headers, id, record }: Exchange,
  status: number,
  mediaType: string,
  body: string | Buffer,
): void {
  if (record !== undefined) record.id = id;
  headers['content-type'] = mediaType;
  headers['content-length'] = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, headers);
  if (request.method === 'HEAD') response.end();
  else if (body.length > sliceBytes)
    endInSlices(response, typeof body === 'string' ? Buffer.from(body) : body, id);
  else response.end(body);
}
