import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemType, type Problem } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { problemMediaType, problemStatus, toProblemBody } from '../gateway/problem.ts';
import type { Profile } from '../gateway/profile.ts';
import { challengesFor } from './credentials.ts';
import { answerWith, takeExchange, type Exchange } from './exchange.ts';
import { streamOf } from './tls/http2.ts';
import type { ToProblemPage } from './problem-page.ts';
import { tooLarge } from './request-fault.ts';
import { requestIdOf } from './request-id.ts';
import { varyWith } from './vary.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** In place of our own form of problems. */
    readonly toProblemAnswer?: Profile['toProblemAnswer'];
    /** For people, in their browsers. */
    readonly toProblemPage?: ToProblemPage;
  }
}

/** In which forms problems are answered beside our own. */
interface ProblemForms {
  readonly toProblemAnswer?: Profile['toProblemAnswer'];
  readonly toProblemPage?: ToProblemPage;
}

/** As {@link answerProblem}, in a handler of Fastify's. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  answerProblem(takeExchange(request, reply), problem, reply.server);
  return reply;
}

/** Answers with a problem, and with the headers its status asks for. */
export function answerProblem(exchange: Exchange, problem: Problem, forms: ProblemForms | undefined): void {
  const { headers, record } = exchange;
  if (record !== undefined) record.code = problem.code;
  const { status, mediaType, body } = forms?.toProblemAnswer?.(problem) ?? {
    status: problemStatus(problem),
    mediaType: problemMediaType,
    body: toProblemBody(problem, exchange.id),
  };
  if (status === 401) {
    headers['www-authenticate'] = problem.challenge ?? challengesFor(exchange.request.headers.accept);
  } else if (problem.challenge !== undefined) {
    headers['www-authenticate'] = problem.challenge;
  }
  if (problem.retryAfter !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(problem.retryAfter)));
  }
  const isForPeople = forms?.toProblemPage !== undefined && isRead(exchange.request);
  if (isForPeople) headers['vary'] = varyWith(headers['vary'], 'accept');
  const page = isForPeople ? forms.toProblemPage?.(exchange, problem) : undefined;
  Object.assign(headers, page?.headers);
  answerWith(
    exchange,
    status,
    page === undefined ? mediaType : 'text/html; charset=utf-8',
    page?.html ?? body,
  );
}

/** Answers what goes wrong outside the handlers: unexpected errors get the request id and nothing else. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const status = clientErrorStatus(error);
    if (status === 415) {
      return sendProblem(request, reply, {
        code: 'unsupported_media_type',
        detail: 'The content-type header is unreadable; send "content-type: application/json".',
      });
    }
    if (status !== undefined) {
      return sendProblem(request, reply, { code: 'bad_request', detail: 'The request could not be read.' });
    }
    answerFailure(takeExchange(request, reply), error, request.log, reply.server);
    return reply;
  });
}

/** Answers what only a defect of ours can cause: the caller gets the request id and nothing else. */
export function answerFailure(
  exchange: Exchange,
  error: unknown,
  logger: Logger,
  forms: ProblemForms | undefined,
): void {
  logger.error({ requestId: exchange.id, err: error }, 'internal error');
  const { response } = exchange;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const detail = 'The gateway failed; its log has the cause under this request id.';
  answerProblem(exchange, { code: 'internal_error', detail }, forms);
}

/** Connections and streams that were given up on: what they were told, for the log line of a call that had begun. */
const refusals = new WeakMap<Socket | ServerHttp2Stream, Problem>();

/** What was answered to a request in place of its handler, if it was given up on. */
export function refusalOf(request: IncomingMessage): Problem | undefined {
  return refusals.get(streamOf(request) ?? request.socket);
}

/** Answers requests that Node's HTTP parser gives up on; the connection ends (RFC 9112 section 9.6). */
export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = parserProblem(error.code);
  // At the end of its input the client has most likely gone; then nobody was told anything.
  if (error.code !== 'HPE_INVALID_EOF_STATE') refusals.set(socket, problem);
  socket.end(rawProblem(problem, requestIdOf({ headers: {} })));
  // A client that does not read its answer must not hold the socket.
  socket.setTimeout(1_000, () => socket.destroy());
}

/** Answers a request over HTTP/2 that does not arrive in time; its connection goes on. */
export function answerLateStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const problem = parserProblem('ERR_HTTP_REQUEST_TIMEOUT');
  refusals.set(stream, problem);
  const requestId = requestIdOf({ headers });
  const body = toProblemBody(problem, requestId);
  stream.respond({
    ':status': problemStatus(problem),
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
  });
  stream.end(body);
}

/** Answers an Expect header that asks for anything but 100-continue (RFC 9110 section 10.1.1). */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  const requestId = requestIdOf(request);
  const problem: Problem = { code: 'expectation_failed', detail: 'Only "Expect: 100-continue" can be met.' };
  const body = toProblemBody(problem, requestId);
  response.writeHead(problemStatus(problem), {
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
  });
  response.end(body);
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function parserProblem(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return tooLarge;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { code: 'request_timeout', detail: 'The request did not arrive in time.' };
    default:
      return { code: 'bad_request', detail: 'This is not a valid HTTP/1.1 request.' };
  }
}

function rawProblem(problem: Problem, requestId: string): string {
  const body = toProblemBody(problem, requestId);
  const { status, title } = problemType(problem.code);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function clientErrorStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}
