import type { Operation } from '../contract/contract.ts';
import type { Problem } from '../errors.ts';
import type { LargeValues } from '../json/large-values.ts';
import type { CallOutcome } from '../upstream/upstream.ts';
import { callResultMediaType, isNamedBy, type Preference } from './accept.ts';
import { parseCallResult, tryParseJson, type CallResult } from './call-result.ts';
import type { ContentBlock } from './content-block.ts';
import type { CallTimes } from './call-times.ts';
import { cutPlainText } from './cut-plain-text.ts';
import type { Profile } from './profile.ts';
import { toBinary, toPlainText, unwrapContent } from './unwrap.ts';
import { unwrapLargeContent } from './unwrap-large.ts';

/** What the caller gets. */
export type Answer =
  | {
      readonly kind: 'body';
      readonly status: number;
      readonly mediaType: string;
      readonly body: string | Buffer;
    }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** What mapping an outcome depends on. */
export interface AnswerOptions {
  readonly operation: Operation;
  readonly preference: Preference;
  readonly toolErrorStatus: number;
  /** Of the tool. */
  readonly times: CallTimes;
  /** The problem to answer with for a structured result that may not pass. */
  readonly checkResult?: ((value: unknown) => Problem | undefined) | undefined;
  /** In place of our own form of results; undefined leaves one to it. */
  readonly toResultBody?: Profile['toResultBody'] | undefined;
}

/** Maps how a call ended to what its caller gets (spec/mapping.md, RES and ERR rules); at once, unless it is large. */
export function mapOutcome(outcome: CallOutcome, options: AnswerOptions): Answer | Promise<Answer> {
  const { tool } = options.operation;
  switch (outcome.kind) {
    case 'result':
      return mapResult(outcome.resultJson, outcome.large, options);
    case 'error':
      return problem(toErrorProblem(outcome, tool));
    case 'timeout':
      return problem({
        code: 'upstream_timeout',
        detail: `${tool} ${toTimeoutWords(outcome.after, options.times)}; the call was cancelled.`,
      });
    case 'cancelled':
      return problem({ code: 'upstream_timeout', detail: `The call of ${tool} was cancelled.` });
    case 'lost':
      return problem({
        code: 'upstream_unavailable',
        detail: `The server went away during the call of ${tool}; it may have acted.`,
      });
    case 'not_ready':
      return problem({
        code: 'upstream_not_ready',
        detail: toNotReadyWords(outcome, options.operation),
        retryAfter: outcome.retryAfterMs / 1_000,
      });
    case 'overloaded':
      return problem({
        code: 'overloaded',
        detail:
          outcome.after === 'waiting'
            ? `${tool} waited ${options.times.timeoutMs / 1_000} s for its turn behind other calls; nothing was sent, retry later.`
            : 'Too many calls are in flight; nothing was sent, retry later.',
        retryAfter: outcome.retryAfterMs / 1_000,
      });
    case 'no_session_key':
      return problem({
        code: 'session_key_required',
        detail: `${tool} keeps a session for each user; send ${outcome.needs}.`,
      });
    case 'too_large':
      return problem({
        code: 'result_too_large',
        detail: `The result of ${tool} is larger than ${outcome.limitBytes} bytes; the operator can raise --max-message.`,
      });
  }
}

function toNotReadyWords(
  { failures }: Extract<CallOutcome, { kind: 'not_ready' }>,
  { server, tool }: Operation,
): string {
  const named = server === '' ? `The server of ${tool}` : `The server ${server}`;
  if (failures === undefined) return `${named} is not ready; nothing was sent, retry later.`;
  const { inARow, death } = failures;
  const trouble =
    death === undefined
      ? `does not come up (${inARow} failures in a row)`
      : `keeps dying (${inARow} failures in a row; the last time ${death.replace(/^(the server )?/, 'it ')})`;
  return `${named} ${trouble}; nothing was sent, and calls are refused until it answers pings.`;
}

function toTimeoutWords(
  after: Extract<CallOutcome, { kind: 'timeout' }>['after'],
  { timeoutMs, extraTime }: CallTimes,
): string {
  if (extraTime !== undefined && after === 'silence')
    return `reported progress, then nothing for ${extraTime.byMs / 1_000} s`;
  if (extraTime !== undefined && after === 'max_time')
    return `was not done within ${extraTime.maxMs / 1_000} s, the most that progress may extend a call to`;
  return `did not answer within ${timeoutMs / 1_000} s`;
}

function toErrorProblem(error: Extract<CallOutcome, { kind: 'error' }>, tool: string): Problem {
  const detail = error.message === '' ? `${tool} failed with JSON-RPC error ${error.code}.` : error.message;
  if (error.code === -32602) return { code: 'rejected_arguments', detail, extensions: dataOf(error) };
  return { code: 'upstream_error', detail, extensions: { upstreamCode: error.code, ...dataOf(error) } };
}

function dataOf({ data }: Extract<CallOutcome, { kind: 'error' }>): Readonly<Record<string, unknown>> {
  if (data === undefined) return {};
  try {
    // What is nested too deeply for it is not for JSON.parse.
    JSON.stringify(data);
    return { data };
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

function mapResult(
  resultJson: Buffer,
  large: LargeValues | undefined,
  options: AnswerOptions,
): Answer | Promise<Answer> {
  const { operation, preference, toResultBody } = options;
  const isOwn = toResultBody === undefined && !operation.hasOutputSchema;
  // What is large has been read once; nobody waits for it to be read again.
  if (large === undefined && isOwn && preference.kind === 'json') {
    const plain = cutPlainText(resultJson);
    if (plain !== undefined) return ok('application/json', plain);
  }
  const result = parseCallResult(resultJson, large);
  if (result === undefined) return invalid(options, 'it is not a JSON object');
  if (options.preference.kind === 'call_result') {
    const status = result.isError ? options.toolErrorStatus : 200;
    return { kind: 'body', status, mediaType: callResultMediaType, body: resultJson };
  }
  if (result.isError) return problem(toToolError(result, options));
  const own = options.toResultBody?.(result);
  if (own !== undefined) return mapOwnForm(own, result, options);
  if (result.structuredJson !== undefined && isStructuredBody(result, options.operation)) {
    return mapStructured(result.structuredJson, result.isLarge, options);
  }
  const { content } = result;
  if (content === undefined) return invalid(options, 'it has no content');
  if (content === 'ill-typed') return invalid(options, 'its content is not an array of typed blocks');
  if (options.operation.hasOutputSchema) {
    const rejected = options.checkResult?.(undefined);
    if (rejected !== undefined) return problem(rejected);
  }
  const binary = toBytesAnswer(content, options.preference);
  if (binary !== undefined) return binary;
  if (result.isLarge) return mapLarge(content);
  return ok('application/json', unwrapContent(content));
}

async function mapLarge(content: readonly ContentBlock[]): Promise<Answer> {
  return ok('application/json', await unwrapLargeContent(content));
}

function mapOwnForm(own: string, { content, structuredJson }: CallResult, options: AnswerOptions): Answer {
  const structured = tryParseJson(structuredJson?.toString('utf8') ?? '')?.value;
  const rejected = options.operation.hasOutputSchema ? options.checkResult?.(structured) : undefined;
  if (rejected !== undefined) return problem(rejected);
  const blocks = Array.isArray(content) ? content : [];
  return toBytesAnswer(blocks, options.preference) ?? ok('application/json', own);
}

// The contract names the structured form as the body; without an output schema it stands in for absent content.
function isStructuredBody(result: CallResult, operation: Operation): boolean {
  if (operation.hasOutputSchema || result.content === undefined) return true;
  return result.content !== 'ill-typed' && result.content.length === 0;
}

function mapStructured(structuredJson: Buffer, isValid: boolean, options: AnswerOptions): Answer {
  const isChecked = options.operation.hasOutputSchema && options.checkResult !== undefined;
  if (isValid && !isChecked) return ok('application/json', structuredJson);
  const parsed = tryParseJson(structuredJson.toString('utf8'));
  if (parsed === undefined) return invalid(options, 'its structuredContent is not JSON');
  const rejected = options.operation.hasOutputSchema ? options.checkResult?.(parsed.value) : undefined;
  return rejected === undefined ? ok('application/json', structuredJson) : problem(rejected);
}

function toBytesAnswer(
  content: Extract<CallResult['content'], readonly unknown[]>,
  preference: Preference,
): Answer | undefined {
  const [only] = content;
  if (preference.kind !== 'binary' || only === undefined || content.length > 1) return undefined;
  const binary = toBinary(only);
  if (binary === undefined || !isNamedBy(preference.types, binary.mediaType.split(';')[0] ?? ''))
    return undefined;
  return ok(binary.mediaType, binary.bytes);
}

function toToolError(result: CallResult, { operation, toolErrorStatus }: AnswerOptions): Problem {
  const content = Array.isArray(result.content) ? result.content : [];
  const text = toPlainText(content);
  const rawExtensions: Record<string, string> = {};
  if (content.length > 0 && result.contentJson !== undefined)
    rawExtensions['content'] = result.contentJson.toString('utf8');
  if (result.structuredJson !== undefined)
    rawExtensions['structuredContent'] = result.structuredJson.toString('utf8');
  return {
    code: 'tool_error',
    status: toolErrorStatus,
    detail: text === '' ? `${operation.tool} reported a failure without saying why.` : text,
    rawExtensions,
  };
}

function invalid({ operation }: AnswerOptions, why: string): Answer {
  return problem({
    code: 'invalid_result',
    detail: `The result of ${operation.tool} is not a tool result: ${why}.`,
  });
}

function ok(mediaType: string, body: string | Buffer): Answer {
  return { kind: 'body', status: 200, mediaType, body };
}

function problem(of: Problem): Answer {
  return { kind: 'problem', problem: of };
}
