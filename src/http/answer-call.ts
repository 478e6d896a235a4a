import type { Authorization } from '../authorization/authorization.ts';
import { parseAccept, type Preference } from '../gateway/accept.ts';
import type { Answer } from '../gateway/answer.ts';
import type { CallReport, CallRequest } from '../gateway/call-request.ts';
import type { Gateway, OperationRoute } from '../gateway/gateway.ts';
import type { KeyedCalls, KeyedReport, KeyUse } from '../gateway/idempotency/keyed-calls.ts';
import { problemStatus, toProblemBody } from '../gateway/problem.ts';
import type { Profile, ReadArguments } from '../gateway/profile.ts';
import { parseBody } from '../json/parse-body.ts';
import type { Logger } from '../logger.ts';
import type { Progress } from '../upstream/upstream.ts';
import { readBody, type Body } from './body.ts';
import { Caller } from './caller.ts';
import type { CallObserver } from './calls.ts';
import { createEventStream } from './event-stream.ts';
import { answerWith, type Exchange } from './exchange.ts';
import type { IdentifyClient } from './identify-client.ts';
import { answerFailure, answerProblem, refusalOf } from './problems.ts';
import { limitCall, type CallLimits } from './rate-limits.ts';
import { identityOf } from './request-identity.ts';
import { headerFields } from './tls/http2.ts';
import { varyWith } from './vary.ts';

/** What answering a call needs. */
export interface CallOptions {
  readonly gateway: Gateway;
  /** Makes the calls that come with an Idempotency-Key. @default the header is ignored */
  readonly keyedCalls?: KeyedCalls | undefined;
  /** How often each client may call. @default as often as it likes */
  readonly limits?: CallLimits | undefined;
  readonly maxBodyBytes: number;
  readonly heartbeatMs: number;
  /** Tells clients apart where calls have to wait. */
  readonly identifyClient: IdentifyClient;
  /** Is told how each call ended. */
  readonly observer: CallObserver;
  readonly logger: Logger;
  /** Who may call what. @default everyone everything */
  readonly authorization?: Authorization | undefined;
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
    const startedAt = options.observer.now();
    exchange.record?.call(route.operation, route.server.upstream.name);
    const forbidden = options.authorization?.refusalOf(identityOf(exchange.request), route.operation);
    if (forbidden !== undefined) {
      refuse(exchange, route, { kind: 'problem', problem: forbidden }, options, startedAt);
      return;
    }
    const { limits } = options;
    const limiter = limits?.source.limiter;
    if (limits !== undefined && limiter?.isOn === true) {
      const limited = await limitCall(exchange, route.operation, limiter, limits.addressOf);
      if (limited !== undefined) {
        refuse(exchange, route, limited, options, startedAt);
        return;
      }
    }
    const body = await readBody(exchange.request, options.maxBodyBytes, options.profile !== undefined);
    const read = toArguments(body, exchange, route, options);
    if (read.kind === 'arguments') await callAndAnswer(exchange, route, read, options, startedAt);
    else refuse(exchange, route, read, options, startedAt);
  } catch (error) {
    answerFailure(exchange, error, options.logger, options.profile);
    exchange.record?.settle(500, 'internal_error');
  }
}

function refuse(
  exchange: Exchange,
  { operation }: OperationRoute,
  read: Exclude<ReadCall, { kind: 'arguments' }>,
  { observer, profile }: CallOptions,
  startedAt: number,
): void {
  const { request, response } = exchange;
  if (read.kind === 'problem') {
    answerProblem(exchange, read.problem, profile);
    observer.ended(exchange, operation, startedAt, response.statusCode, read.problem.code);
    return;
  }
  const refusal = refusalOf(request);
  if (refusal === undefined) observer.ended(exchange, operation, startedAt, 499);
  else observer.ended(exchange, operation, startedAt, problemStatus(refusal), refusal.code);
}

async function callAndAnswer(
  exchange: Exchange,
  { operation, contract, server }: OperationRoute,
  { value, text }: Extract<ReadCall, { kind: 'arguments' }>,
  options: CallOptions,
  startedAt: number,
): Promise<void> {
  const { id, request, response, record } = exchange;
  if (record !== undefined) record.argumentsJson = text;
  const preference = parseAccept(request.headers.accept);
  const caller = new Caller(request, response, options.identifyClient);
  const callRequest: CallRequest = {
    operation,
    contract,
    server,
    headers: headerFields(request),
    arguments: value,
    argumentsJson: text,
    isValidated: options.profile !== undefined,
    preference,
    signal: caller,
    client: caller,
    requestId: id,
    trace: record?.trace?.call,
  };
  if (preference.kind === 'event_stream') {
    await stream(exchange, callRequest, options, startedAt);
    return;
  }
  const report = await make(exchange, callRequest, options);
  const { answer, upstreamMs } = report;
  const { observer } = options;
  if (caller.aborted) {
    observer.ended(exchange, operation, startedAt, 499, undefined, upstreamMs);
    return;
  }
  sendAnswer(inNameOf(exchange, report.requestId), answer, options);
  observer.ended(exchange, operation, startedAt, response.statusCode, codeOf(answer), upstreamMs);
}

async function stream(
  exchange: Exchange,
  call: CallRequest,
  options: CallOptions,
  startedAt: number,
): Promise<void> {
  const { response, id } = exchange;
  const events = createEventStream(response, {
    toHeaders: () => toStreamHeaders(exchange),
    heartbeatMs: options.heartbeatMs,
    requestId: id,
  });
  const plain: Preference = { kind: 'json' };
  const onProgress = (progress: Progress): void => events.send('progress', JSON.stringify(progress));
  const report = await make(exchange, { ...call, preference: plain, onProgress }, options);
  const { answer: settled, upstreamMs } = report;
  const ended = (status: number, code?: string): void =>
    options.observer.ended(exchange, call.operation, startedAt, status, code, upstreamMs);
  if (call.signal?.aborted === true) {
    ended(499);
    return;
  }
  if (settled.kind === 'problem' && !events.hasBegun) {
    sendAnswer(inNameOf(exchange, report.requestId), settled, options);
    ended(response.statusCode, codeOf(settled));
    return;
  }
  if (settled.kind === 'problem') {
    events.end('error', toProblemBody(settled.problem, report.requestId ?? id));
    // The stream began as 200; what is counted and logged is how the call ended.
    ended(problemStatus(settled.problem), settled.problem.code);
    return;
  }
  events.end('result', settled.body);
  ended(200);
}

/** Calls the tool; at once, unless the same request is known by its key. */
function make(
  { request, headers }: Exchange,
  callRequest: CallRequest,
  { gateway, keyedCalls }: CallOptions,
): Promise<CallReport & Partial<Pick<KeyedReport, 'requestId'>>> {
  const key = request.headers['idempotency-key'];
  if (key === undefined || keyedCalls === undefined) return gateway.call(callRequest);
  const { use, report } = keyedCalls.call(key, callRequest);
  const say = (known: KeyUse | undefined): void => {
    if (known === 'replayed') headers['idempotency-replayed'] = 'true';
  };
  if (use === undefined) {
    return report.then((settled) => {
      say(settled.use);
      return settled;
    });
  }
  say(use);
  return report;
}

/** What is told again names the request that it was told first. */
function inNameOf(exchange: Exchange, requestId: string | undefined): Exchange {
  return requestId === undefined ? exchange : { ...exchange, id: requestId };
}

/** What of a request a call is made with; aborted: the caller has gone. */
type ReadCall = ReadArguments | { readonly kind: 'aborted' };

function toArguments(
  body: Body,
  { request }: Exchange,
  { operation, contract }: OperationRoute,
  { gateway, profile }: CallOptions,
): ReadCall {
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
