import { parseAccept, type Preference } from '../gateway/accept.ts';
import type { Answer } from '../gateway/answer.ts';
import type { CallReport, CallRequest, Gateway, OperationRoute } from '../gateway/gateway.ts';
import { problemStatus, toProblemBody } from '../gateway/problem.ts';
import type { Profile, ReadArguments } from '../gateway/profile.ts';
import { parseBody } from '../json/parse-body.ts';
import type { Logger } from '../logger.ts';
import { readBody } from './body.ts';
import { Caller } from './caller.ts';
import type { CallObserver } from './calls.ts';
import { createEventStream } from './event-stream.ts';
import { answerWith, type Exchange } from './exchange.ts';
import { answerFailure, answerProblem, refusalOf } from './problems.ts';
import { headerFields } from './tls/http2.ts';
import { varyWith } from './vary.ts';

/** What answering a call needs. */
export interface CallOptions {
  readonly gateway: Gateway;
  readonly maxBodyBytes: number;
  readonly heartbeatMs: number;
  /** Is told how each call ended. */
  readonly observer: CallObserver;
  readonly logger: Logger;
  /** Where it is not our own way: how arguments are read, and what problems look like. */
  readonly profile?: Profile | undefined;
}

/** Answers one tool call that has passed the checks (HTTP, RES and ERR rules). Never rejects. */
export async function answerCall(
  exchange: Exchange,
  route: OperationRoute,
  options: CallOptions,
): Promise<void> {
  try {
    await call(exchange, route, options);
  } catch (error) {
    answerFailure(exchange, error, options.logger, options.profile);
  }
}

async function call(exchange: Exchange, route: OperationRoute, options: CallOptions): Promise<void> {
  const { request, response } = exchange;
  const { operation } = route;
  const { observer } = options;
  const startedAt = observer.now();
  const body = await readCall(request, route, options);
  if (body.kind === 'aborted') {
    const refusal = refusalOf(request);
    if (refusal === undefined) observer.ended(exchange.id, operation, startedAt, 499);
    else observer.ended(exchange.id, operation, startedAt, problemStatus(refusal), refusal.code);
    return;
  }
  if (body.kind === 'problem') {
    answerProblem(exchange, body.problem, options.profile);
    observer.ended(exchange.id, operation, startedAt, response.statusCode, body.problem.code);
    return;
  }
  const preference = parseAccept(request.headers.accept);
  const caller = new Caller(response);
  const callRequest: CallRequest = {
    operation,
    contract: route.contract,
    server: route.server,
    headers: headerFields(request),
    arguments: body.value,
    argumentsJson: body.text,
    isValidated: options.profile !== undefined,
    preference,
    signal: caller,
    requestId: exchange.id,
  };
  if (preference.kind === 'event_stream') {
    await stream(exchange, callRequest, options, startedAt);
    return;
  }
  const report = await options.gateway.call(callRequest);
  if (caller.aborted) {
    observer.ended(exchange.id, operation, startedAt, 499, undefined, report.upstreamMs);
    return;
  }
  sendAnswer(exchange, report.answer, options);
  observer.ended(
    exchange.id,
    operation,
    startedAt,
    response.statusCode,
    codeOf(report.answer),
    report.upstreamMs,
  );
}

async function stream(
  exchange: Exchange,
  call: CallRequest,
  options: CallOptions,
  startedAt: number,
): Promise<void> {
  const { response, id } = exchange;
  const events = createEventStream(response, toStreamHeaders(exchange), options.heartbeatMs);
  const plain: Preference = { kind: 'json' };
  const report: CallReport = await options.gateway.call({
    ...call,
    preference: plain,
    onProgress: (progress) => events.send('progress', JSON.stringify(progress)),
  });
  const { answer: settled, upstreamMs } = report;
  const ended = (status: number, code?: string): void =>
    options.observer.ended(id, call.operation, startedAt, status, code, upstreamMs);
  if (call.signal?.aborted === true) {
    ended(499);
    return;
  }
  if (settled.kind === 'problem' && !events.hasBegun) {
    sendAnswer(exchange, settled, options);
    ended(response.statusCode, codeOf(settled));
    return;
  }
  if (settled.kind === 'problem') events.send('error', toProblemBody(settled.problem, id), true);
  else events.send('result', settled.body.toString('utf8'), true);
  ended(200, codeOf(settled));
}

async function readCall(
  request: Exchange['request'],
  { operation, contract }: OperationRoute,
  { gateway, maxBodyBytes, profile }: CallOptions,
): Promise<ReadArguments | { readonly kind: 'aborted' }> {
  const body = await readBody(request, maxBodyBytes, { isAnyType: profile !== undefined });
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

function sendAnswer(exchange: Exchange, settled: Answer, { profile }: CallOptions): void {
  if (settled.kind === 'problem') {
    answerProblem(exchange, settled.problem, profile);
    return;
  }
  const { headers } = exchange;
  // Bytes come from the tool: a browser that is shown them must not run them.
  if (settled.mediaType !== 'application/json')
    headers['content-security-policy'] = "default-src 'none'; sandbox";
  headers['vary'] = varyWith(headers['vary'], 'accept');
  answerWith(exchange, settled.status, settled.mediaType, settled.body);
}

function codeOf(settled: Answer): string | undefined {
  return settled.kind === 'problem' ? settled.problem.code : undefined;
}

function toStreamHeaders({ headers }: Exchange): Record<string, string> {
  const all: Record<string, string> = { 'x-accel-buffering': 'no' };
  for (const [name, value] of Object.entries(headers)) all[name] = String(value);
  all['vary'] = varyWith(headers['vary'], 'accept');
  return all;
}
