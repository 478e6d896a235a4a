import { hash } from 'node:crypto';
import type { Problem } from '../../errors.ts';
import type { Clock } from '../../upstream/clock.ts';
import type { Answer } from '../answer.ts';
import type { CallReport, CallRequest } from '../call-request.ts';
import type { Gateway } from '../gateway.ts';
import { toProblemBody } from '../problem.ts';
import { AnswerStore } from './answer-store.ts';
import { parseIdempotencyKey } from './parse-idempotency-key.ts';
import type { AnswerSharing, SharedCall } from './shared-answers.ts';

export interface KeyedCallsOptions {
  readonly gateway: Pick<Gateway, 'call'>;
  /** How long an answer is kept. */
  readonly ttlMs: number;
  readonly clock: Clock;
  /** Knows the calls of other gateways too. @default each gateway has keys of its own */
  readonly shared?: AnswerSharing | undefined;
}

/** What became of a request with a key, for the metrics; `reused` is another request under it, `unknown` one whose gateway died of it or beside it. */
export type KeyUse = 'first' | 'replayed' | 'reused' | 'let_go' | 'refused' | 'unknown';

/** A call with a key, under way. */
export interface KeyedCall {
  /** Undefined until other gateways were asked; then the report says it. */
  readonly use: KeyUse | undefined;
  readonly report: Promise<KeyedReport>;
}

/** A call's report, and who was told first. */
export interface KeyedReport extends CallReport {
  /** Of the request that was called for: its problem names this one to all, so that the bytes are the same. */
  readonly requestId: string;
  /** Where other gateways were asked. */
  readonly use?: KeyUse;
}

/** Calls each tool once for each Idempotency-Key, and gives all who repeat the request the first answer (IDEM rules). */
export class KeyedCalls {
  readonly #gateway: Pick<Gateway, 'call'>;
  readonly #store: AnswerStore<KeyedReport>;
  readonly #shared: AnswerSharing | undefined;
  readonly #uses: Record<KeyUse, number> = {
    first: 0,
    replayed: 0,
    reused: 0,
    let_go: 0,
    refused: 0,
    unknown: 0,
  };

  constructor({ gateway, ttlMs, clock, shared }: KeyedCallsOptions) {
    this.#gateway = gateway;
    this.#shared = shared;
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
    const key = scopedKey(parsed.key, request);
    const fingerprint = fingerprintOf(request);
    const make = async (): Promise<KeyedReport> => ({
      ...(await this.#gateway.call(lasting)),
      requestId: request.requestId,
    });
    const ask = this.#shared && (async () => await this.#askOthers({ key, fingerprint, make }, request));
    const asked = this.#store.ask(key, fingerprint, ask ?? make);
    switch (asked.kind) {
      case 'first':
        if (ask !== undefined) return { use: undefined, report: this.#count(asked.answer) };
        this.#uses.first += 1;
        return { use: 'first', report: asked.answer };
      case 'repeated': {
        const repeated = asked.answer.then(withoutTiming);
        if (ask !== undefined) return { use: undefined, report: this.#count(repeated) };
        this.#uses.replayed += 1;
        return { use: 'replayed', report: repeated };
      }
      case 'other_request':
        return this.#refuse('reused', request, reused);
      case 'let_go':
        // What took too much memory here may be where all keep theirs.
        if (ask !== undefined) return { use: undefined, report: this.#count(ask()) };
        return this.#refuse('let_go', request, letGo);
      case 'full':
        return this.#refuse('refused', request, full);
    }
  }

  /** Forgets every answer. */
  clear(): void {
    this.#store.clear();
  }

  async #askOthers(
    call: Pick<SharedCall<KeyedReport>, 'key' | 'fingerprint' | 'make'>,
    { requestId, operation: { isRepeatable } }: CallRequest,
  ): Promise<KeyedReport> {
    const isFree = (report: KeyedReport): boolean => sizeOf(report) === undefined;
    const asked = await this.#shared?.ask({ ...call, isRepeatable, isFree });
    const refuse = (use: KeyUse, problem: Problem): KeyedReport => ({
      answer: { kind: 'problem', problem },
      requestId,
      use,
    });
    switch (asked?.kind) {
      case 'first':
        return { ...asked.report, use: 'first' };
      case 'repeated':
        return { ...asked.report, use: 'replayed' };
      case 'other_request':
        return refuse('reused', reused);
      case 'let_go':
        return refuse('let_go', letGo);
      case 'unknown':
        return refuse('unknown', unknown);
      case 'unavailable':
      case undefined:
        return refuse('refused', unavailable);
    }
  }

  async #count(asked: Promise<KeyedReport>): Promise<KeyedReport> {
    const report = await asked;
    const use = report.use ?? 'replayed';
    this.#uses[use] += 1;
    return { ...report, use };
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

/** No 503: whoever repeats those by itself, with another key, would call a tool twice. */
const unknown: Problem = {
  code: 'upstream_unavailable',
  detail:
    'The gateway that made the call with this Idempotency-Key ended, or cannot be asked, before it was answered; the call may have acted, and is not made again. Find out whether it did before you send a new key.',
};
const unavailable: Problem = {
  code: 'limits_unavailable',
  detail:
    'Whether this Idempotency-Key was used before cannot be asked for at the moment; nothing was sent, retry later.',
  retryAfter: 1,
};

/** Answers to calls that were certainly never sent: repeated with the same key, they are made. */
const neverSent: ReadonlySet<string> = new Set([
  'invalid_arguments',
  'session_key_required',
  'upstream_not_ready',
  'overloaded',
  'shutting_down',
  'limits_unavailable',
]);
/** An entry without its answer: two digests, and the objects around them. */
const entryBytes = 512;

function sizeOf({ answer, use = 'first' }: KeyedReport): number | undefined {
  // The other gateways know better, and may know more later.
  if (use !== 'first' && use !== 'replayed') return undefined;
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
function withoutTiming({ answer, requestId, use }: KeyedReport): KeyedReport {
  return { answer, requestId, ...(use !== undefined && { use: use === 'first' ? 'replayed' : use }) };
}

/** Keys are their caller's own: whoever has other credentials, or another session, has other keys. */
function scopedKey(key: string, { headers, server, client }: CallRequest): string {
  const identity = client?.identity;
  const user = server.identify?.({ headers, identity });
  // All users of a proxy come with its credentials.
  const forwarded = identity?.kind === 'forwarded' ? identity.name : undefined;
  return digest([headers?.['authorization'], user, forwarded, key]);
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
