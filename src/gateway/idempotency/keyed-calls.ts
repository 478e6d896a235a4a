import { hash } from 'node:crypto';
import type { Problem } from '../../errors.ts';
import type { Clock } from '../../upstream/clock.ts';
import type { Answer } from '../answer.ts';
import type { CallReport, CallRequest } from '../call-request.ts';
import type { Gateway } from '../gateway.ts';
import { toProblemBody } from '../problem.ts';
import { AnswerStore } from './answer-store.ts';
import { parseIdempotencyKey } from './parse-idempotency-key.ts';

export interface KeyedCallsOptions {
  readonly gateway: Pick<Gateway, 'call'>;
  /** How long an answer is kept. */
  readonly ttlMs: number;
  readonly clock: Clock;
}

/** What became of a request with a key, for the metrics; `reused` is another request under it. */
export type KeyUse = 'first' | 'replayed' | 'reused' | 'let_go' | 'refused';

/** A call with a key, under way. */
export interface KeyedCall {
  readonly use: KeyUse;
  readonly report: Promise<KeyedReport>;
}

/** A call's report, and who was told first. */
export interface KeyedReport extends CallReport {
  /** Of the request that was called for: its problem names this one to all, so that the bytes are the same. */
  readonly requestId: string;
}

/** Calls each tool once for each Idempotency-Key, and gives all who repeat the request the first answer (IDEM rules). */
export class KeyedCalls {
  readonly #gateway: Pick<Gateway, 'call'>;
  readonly #store: AnswerStore<KeyedReport>;
  readonly #uses: Record<KeyUse, number> = { first: 0, replayed: 0, reused: 0, let_go: 0, refused: 0 };

  constructor({ gateway, ttlMs, clock }: KeyedCallsOptions) {
    this.#gateway = gateway;
    this.#store = new AnswerStore({ ttlMs, clock, sizeOf, toKept });
  }

  /** How often each came of a key, since the start. */
  get uses(): Readonly<Record<KeyUse, number>> {
    return this.#uses;
  }

  /** Keys remembered, those in flight among them. */
  get size(): number {
    return this.#store.size;
  }

  /** Memory that the answers take. */
  get bytes(): number {
    return this.#store.bytes;
  }

  /**
   * Calls, or waits for the answer to the first such request, or repeats it.
   *
   * The call is not cancelled when its caller goes away: whoever repeats the request wants its answer. It ends by its
   * deadline.
   *
   * @param header Idempotency-Key, as sent
   */
  call(header: string | readonly string[], request: CallRequest): KeyedCall {
    const parsed = parseIdempotencyKey(header);
    if (parsed.kind === 'malformed')
      return this.#refuse('refused', request, { code: 'bad_request', detail: parsed.detail });
    const { signal: _, ...lasting } = request;
    const asked = this.#store.ask(scopedKey(parsed.key, request), fingerprintOf(request), async () => ({
      ...(await this.#gateway.call(lasting)),
      requestId: request.requestId,
    }));
    switch (asked.kind) {
      case 'first':
        this.#uses.first += 1;
        return { use: 'first', report: asked.answer };
      case 'repeated':
        this.#uses.replayed += 1;
        return { use: 'replayed', report: asked.answer.then(withoutTiming) };
      case 'other_request':
        return this.#refuse('reused', request, reused);
      case 'let_go':
        return this.#refuse('let_go', request, letGo);
      case 'full':
        return this.#refuse('refused', request, full);
    }
  }

  /** Forgets every answer. */
  clear(): void {
    this.#store.clear();
  }

  #refuse(use: KeyUse, { requestId }: CallRequest, problem: Problem): KeyedCall {
    this.#uses[use] += 1;
    return { use, report: Promise.resolve({ answer: { kind: 'problem', problem }, requestId }) };
  }
}

const reused: Problem = {
  code: 'idempotency_key_reused',
  detail:
    'This Idempotency-Key was sent before with another tool, body, Accept or forwarded header. Send a new key for a new call; for the answer to the first, repeat that request as it was.',
};
const letGo: Problem = {
  code: 'idempotency_key_reused',
  detail:
    'The call with this Idempotency-Key was answered, but its answer was too large to be kept; the tool is not called again. Send a new key if it should be.',
};
const full: Problem = {
  code: 'overloaded',
  detail: 'Too many calls with an Idempotency-Key are in flight; nothing was sent, retry later.',
  retryAfter: 1,
};

/** Answers to calls that were certainly never sent: repeated with the same key, they are made. */
const neverSent: ReadonlySet<string> = new Set([
  'invalid_arguments',
  'session_key_required',
  'upstream_not_ready',
  'overloaded',
  'shutting_down',
]);
/** An entry without its answer: two digests, and the objects around them. */
const entryBytes = 512;

function sizeOf({ answer }: KeyedReport): number | undefined {
  if (answer.kind === 'body') return entryBytes + Buffer.byteLength(answer.body);
  if (neverSent.has(answer.problem.code)) return undefined;
  // Strings may take two bytes a character.
  return entryBytes + 2 * toProblemBody(answer.problem, '').length;
}

/** A body may be a view of a far larger piece of memory, which it would keep alive. */
function toKept({ answer, requestId }: KeyedReport): KeyedReport {
  if (answer.kind === 'problem') return { answer, requestId };
  const length = Buffer.byteLength(answer.body);
  const body = Buffer.allocUnsafeSlow(length);
  if (typeof answer.body === 'string') body.write(answer.body);
  else answer.body.copy(body);
  const kept: Answer = { ...answer, body };
  return { answer: kept, requestId };
}

/** The server took that time for another request. */
function withoutTiming({ answer, requestId }: KeyedReport): KeyedReport {
  return { answer, requestId };
}

/** Keys are their caller's own: whoever has other credentials, or another session, has other keys. */
function scopedKey(key: string, { headers, server }: CallRequest): string {
  const user = server.identify?.(headers);
  return digest([headers?.['authorization'], user, key]);
}

/** Equal for requests whose answers are interchangeable. */
function fingerprintOf(request: CallRequest): string {
  const { operation, server, preference, argumentsJson, headers } = request;
  const forwarded = Object.entries((headers && server.pickHeaders?.(headers)) ?? {})
    .filter(([name]) => !differsEachTime.has(name))
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return digest([operation.server, operation.tool, preference, forwarded], argumentsJson);
}

/** Headers that trace one request; they name no user, and a repetition has its own. */
const differsEachTime: ReadonlySet<string> = new Set([
  'traceparent',
  'tracestate',
  'baggage',
  'x-request-id',
  'x-correlation-id',
]);

/** JSON text has no raw line break, so the parts cannot be taken for each other. */
function digest(parts: readonly unknown[], text = ''): string {
  return hash('sha256', `${JSON.stringify(parts)}\n${text}`, 'base64');
}
