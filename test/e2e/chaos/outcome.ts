import { problemTypes, type ProblemCode } from '../../../src/errors.ts';
import type { RawAnswer } from '../../fixtures/raw-http.ts';

/** How a call may end: with its own answer, or with a documented problem. */
export type Ending = 'ok' | ProblemCode;

/** A call of the chaos server, and what may come of it. */
export interface PlannedCall {
  readonly tool: 'work' | 'work_brief' | 'work_again';
  readonly how?: string;
  readonly ms?: number;
  readonly pad?: number;
  /** The server with this pid never answers. */
  readonly notBy?: number;
  readonly endings: readonly Ending[];
}

/** One request, as its caller knows it. */
export interface Sent {
  readonly call: PlannedCall;
  /** Nobody else's, and the request's id as well. */
  readonly token: string;
}

/** What tokens look like, wherever they turn up. */
const anyToken = /tok-\d+-\d+-\d+/g;
/** Problems that tell what the server said, which has the token in it where it can be read. */
const quoting: ReadonlySet<Ending> = new Set(['upstream_error', 'rejected_arguments', 'tool_error']);

/** The ending, or what is wrong with the answer. */
export function judge({ call, token }: Sent, answer: RawAnswer): Ending | { readonly fault: string } {
  const ending = readEnding(call, token, answer);
  if (typeof ending === 'object' || call.endings.includes(ending)) return ending;
  return { fault: `ended with ${ending}, not with ${call.endings.join(' or ')}` };
}

function readEnding(
  { how, pad = 0 }: PlannedCall,
  token: string,
  { status, headers, body }: RawAnswer,
): Ending | { readonly fault: string } {
  if (headers.get('x-request-id') !== token)
    return { fault: `is the answer to ${headers.get('x-request-id')}` };
  const others = (body.match(anyToken) ?? []).filter((other) => other !== token);
  if (others.length > 0) return { fault: `holds what belongs to ${others.join()}` };
  const fault = { fault: `is ${status} ${body.slice(0, 500)}` };
  const parsed = parseObject(body);
  if (parsed === undefined) return fault;
  if (status === 200) {
    return parsed['token'] === toSecret(token) && parsed['pad'] === 'é'.repeat(pad) ? 'ok' : fault;
  }
  const { code, requestId } = parsed;
  if (headers.get('content-type')?.startsWith('application/problem+json') !== true) return fault;
  if (requestId !== token || !isCode(code) || problemTypes[code].status !== status) return fault;
  if (quoting.has(code) && how !== 'odd_error' && !body.includes(toSecret(token))) return fault;
  const retryAfter = Number(headers.get('retry-after'));
  if (status === 503 && !(Number.isInteger(retryAfter) && retryAfter >= 1 && retryAfter <= 60)) return fault;
  return code;
}

/** What the server gets: characters of two, three and four bytes are to be cut in two. */
export function toSecret(token: string): string {
  return `${token} é漢🔑`;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Its members are looked at one by one.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(problemTypes, code);
}
