import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseAccept, type Preference } from '../gateway/accept.ts';
import type { Answer } from '../gateway/answer.ts';
import type { CallReport, Gateway, Route } from '../gateway/gateway.ts';
import { problemStatus, toProblemBody } from '../gateway/problem.ts';
import type { Profile, ReadArguments } from '../gateway/profile.ts';
import { parseBody } from '../json/parse-body.ts';
import { readBody } from './body.ts';
import { Caller } from './caller.ts';
import type { CallObserver } from './calls.ts';
import { createEventStream } from './event-stream.ts';
import { headerFields } from './tls/http2.ts';
import type { PageRoutes } from './page-routes.ts';
import { refusalOf, sendProblem } from './problems.ts';
import { rawPath } from './raw-path.ts';
import { sendBody } from './send-body.ts';
import { varyWith } from './vary.ts';

/** What the tool routes need. */
export interface ToolRoutesOptions {
  readonly gateway: Gateway;
  readonly maxBodyBytes: number;
  readonly heartbeatMs: number;
  /** Their methods are named in `Allow`. */
  readonly pages: Pick<PageRoutes, 'methodsAt'>;
  readonly observer: CallObserver;
  /** Where it is not our own way: how arguments are read, and paths with a slash too many answered. */
  readonly profile?: Profile | undefined;
}

type OperationRoute = Extract<Route, { kind: 'operation' }>;

/** Answers every request that is not for a page: tool calls, and what is wrong about the others (HTTP rules). */
export function addToolRoutes(app: FastifyInstance, options: ToolRoutesOptions): void {
  // The handler reads the body itself: size, media type and JSON are checked in the order that the rules give.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.all('/*', async (request, reply) => await answer(request, reply, options));
  app.setNotFoundHandler(async (request, reply) => await answer(request, reply, options));
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ToolRoutesOptions,
): Promise<FastifyReply | undefined> {
  const path = rawPath(request.raw.url ?? '/');
  const route = options.gateway.route(request.method, path);
  if (route.kind === 'operation') return await answerCall(request, reply, route, options);
  const methods = [...options.pages.methodsAt(path), ...(route.kind === 'wrong_method' ? route.allow : [])];
  if (methods.length === 0) {
    if (options.profile?.redirectsSlashes === true && isSlashTooMuch(request, path, options)) {
      return reply.redirect(withoutSlash(request.originalUrl), 307);
    }
    if (route.kind === 'problem') return sendProblem(request, reply, route.problem);
    throw new Error('a path without methods cannot exist');
  }
  const allow = [...new Set([...methods, 'OPTIONS'])].toSorted().join(', ');
  reply.header('allow', allow);
  if (request.method === 'OPTIONS') return reply.code(204).send();
  const detail = `${request.method} is not possible here; use ${allow}.`;
  return sendProblem(request, reply, { code: 'method_not_allowed', detail });
}

async function answerCall(
  request: FastifyRequest,
  reply: FastifyReply,
  route: OperationRoute,
  options: ToolRoutesOptions,
): Promise<FastifyReply | undefined> {
  const settle = options.observer.begin(request.id, route.operation);
  const body = await readCall(request, route, options);
  if (body.kind === 'aborted') {
    const refusal = refusalOf(request.raw);
    settle(refusal === undefined ? { status: 499 } : { status: problemStatus(refusal), code: refusal.code });
    reply.hijack();
    return undefined;
  }
  if (body.kind === 'problem') {
    sendProblem(request, reply, body.problem);
    settle({ status: reply.raw.statusCode, code: body.problem.code });
    return reply;
  }
  const preference = parseAccept(request.headers.accept);
  const caller = new Caller(reply.raw);
  const call = {
    operation: route.operation,
    contract: route.contract,
    server: route.server,
    headers: headerFields(request.raw),
    arguments: body.value,
    argumentsJson: body.text,
    isValidated: options.profile !== undefined,
    signal: caller,
    requestId: request.id,
  };
  if (preference.kind === 'event_stream') return await stream(request, reply, call, options, settle);
  const report = await options.gateway.call({ ...call, preference });
  if (caller.aborted) {
    settle({ status: 499, ...timing(report) });
    reply.hijack();
    return undefined;
  }
  sendAnswer(request, reply, report.answer);
  settle({ status: reply.raw.statusCode, ...codeOf(report.answer), ...timing(report) });
  return reply;
}

type Call = Omit<Parameters<Gateway['call']>[0], 'preference' | 'onProgress'>;

async function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  call: Call,
  options: ToolRoutesOptions,
  settle: ReturnType<CallObserver['begin']>,
): Promise<FastifyReply | undefined> {
  const events = createEventStream(reply.raw, rawHeaders(reply), options.heartbeatMs);
  const plain: Preference = { kind: 'json' };
  const report = await options.gateway.call({
    ...call,
    preference: plain,
    onProgress: (progress) => events.send('progress', JSON.stringify(progress)),
  });
  const { answer: settled } = report;
  if (call.signal?.aborted === true) {
    settle({ status: 499, ...timing(report) });
    reply.hijack();
    return undefined;
  }
  if (settled.kind === 'problem' && !events.hasBegun) {
    sendAnswer(request, reply, settled);
    settle({ status: reply.raw.statusCode, ...codeOf(settled), ...timing(report) });
    return reply;
  }
  reply.hijack();
  if (settled.kind === 'problem') events.send('error', toProblemBody(settled.problem, request.id), true);
  else events.send('result', settled.body.toString('utf8'), true);
  settle({ status: 200, ...codeOf(settled), ...timing(report) });
  return undefined;
}

async function readCall(
  request: FastifyRequest,
  { operation, contract }: OperationRoute,
  { gateway, maxBodyBytes, profile }: ToolRoutesOptions,
): Promise<ReadArguments | { readonly kind: 'aborted' }> {
  const body = await readBody(request.raw, maxBodyBytes, { isAnyType: profile !== undefined });
  if (body.kind === 'problem' || body.kind === 'aborted') return body;
  const bytes = body.kind === 'bytes' ? body.bytes : undefined;
  if (profile === undefined) return parseArguments(bytes);
  const view = { contract, sources: gateway.sources, mounts: gateway.mounts };
  return profile.readArguments({ bytes, contentType: request.headers['content-type'] }, view, operation);
}

function parseArguments(bytes: Buffer | undefined): ReadArguments {
  if (bytes === undefined) return { kind: 'arguments', value: {}, text: '{}' };
  const parsed = parseBody(bytes);
  if (parsed.kind === 'parsed') return { kind: 'arguments', value: parsed.value, text: parsed.text };
  return { kind: 'problem', problem: { code: 'malformed_json', detail: parsed.detail } };
}

/** The same path without the slash at its end leads somewhere. */
function isSlashTooMuch(
  { method }: FastifyRequest,
  path: string,
  { gateway, pages }: ToolRoutesOptions,
): boolean {
  if (path === '/' || !path.endsWith('/')) return false;
  const shorter = path.slice(0, -1);
  return pages.methodsAt(shorter).length > 0 || gateway.route(method, shorter).kind !== 'problem';
}

function withoutSlash(url: string): string {
  return url.replace(/\/(?=\?|$)/, '');
}

function sendAnswer(request: FastifyRequest, reply: FastifyReply, settled: Answer): void {
  if (settled.kind === 'problem') {
    sendProblem(request, reply, settled.problem);
    return;
  }
  // Bytes come from the tool: a browser that is shown them must not run them.
  if (settled.mediaType !== 'application/json')
    reply.header('content-security-policy', "default-src 'none'; sandbox");
  reply.header('vary', varyWith(reply, 'accept'));
  sendBody(reply, settled.status, settled.mediaType, settled.body);
}

function codeOf(settled: Answer): { readonly code?: string } {
  return settled.kind === 'problem' ? { code: settled.problem.code } : {};
}

function timing({ upstreamMs }: CallReport): { readonly upstreamMs?: number } {
  return upstreamMs === undefined ? {} : { upstreamMs };
}

function rawHeaders(reply: FastifyReply): Record<string, string> {
  const headers: Record<string, string> = { 'x-accel-buffering': 'no' };
  for (const [name, value] of Object.entries(reply.getHeaders())) headers[name] = String(value);
  headers['vary'] = varyWith(reply, 'accept');
  return headers;
}
