import { LinkedList, type Linked } from '../../upstream/calls/linked-list.ts';
import type { Clock } from '../../upstream/clock.ts';

export interface AnswerStoreOptions<Answer> {
  /** How long an answer is kept, counted from when it came. */
  readonly ttlMs: number;
  readonly clock: Clock;
  /** Memory that keeping an answer takes; undefined for one after which the same key may call again. */
  readonly sizeOf: (answer: Answer) => number | undefined;
  /** The same answer, in memory that nothing else shares. */
  readonly toKept: (answer: Answer) => Answer;
  /** Keys remembered, those in flight among them; see the default's comment. */
  readonly maxEntries?: number;
  /** Of all answers kept. */
  readonly maxBytes?: number;
  /** Of one answer. */
  readonly maxAnswerBytes?: number;
}

/** What comes of asking under a key. Rejects only as the call itself does. */
export type Asked<Answer> =
  /** It is the first: this call is made now. */
  | { readonly kind: 'first'; readonly answer: Promise<Answer> }
  /** The answer of the first, which may still be in flight. */
  | { readonly kind: 'repeated'; readonly answer: Promise<Answer> }
  /** The key belongs to a request that was not the same. */
  | { readonly kind: 'other_request' }
  /** The call was made and answered, but the answer took too much memory to be kept. */
  | { readonly kind: 'let_go' }
  /** Nothing was called: too many calls with keys are in flight. */
  | { readonly kind: 'full' };

/** 16 a second for the default of ten minutes; with some 500 bytes each, besides the answers, 5 MB. */
const defaultMaxEntries = 10_000;
/** Less than the gateway takes idle; as much as 10,000 answers of 6 KB. */
const defaultMaxBytes = 64 * 1024 * 1024;
/** One sixteenth of all, so that no answer pushes out most of the others. */
const defaultMaxAnswerBytes = 4 * 1024 * 1024;

interface Running<Answer> {
  readonly fingerprint: string;
  readonly answer: Promise<Answer>;
}

interface Held<Answer> {
  readonly answer: Answer;
  readonly bytes: number;
}

interface Answered<Answer> extends Linked<Answered<Answer>> {
  readonly key: string;
  readonly fingerprint: string;
  readonly expiresAt: number;
  /** Undefined once its memory was needed, or from the start when it needs too much. */
  held: Held<Answer> | undefined;
}

/**
 * One call for each key, and its answer for all who ask with the same key and request.
 *
 *     ask ──▶ running ──▶ answered ──(memory)──▶ answered, let go ──(ttl, or more keys)──▶ forgotten
 *                │            └────────────────(ttl, or more keys)────────────────────────▶ forgotten
 *                └─(nothing is to be kept of it)──▶ forgotten
 *
 * Invariants: a key is running or answered or forgotten; keys <= maxEntries; the answers held take <= maxBytes, each
 * <= maxAnswerBytes; `#inOrder` has the entries of `#answered`, in the order of `expiresAt`; `#oldestHeld` is the first of
 * them that has its answer; a timer runs exactly while `#answered` is not empty.
 */
export class AnswerStore<Answer> {
  readonly #options: AnswerStoreOptions<Answer>;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #maxAnswerBytes: number;
  readonly #running = new Map<string, Running<Answer>>();
  readonly #answered = new Map<string, Answered<Answer>>();
  /** A map from which the oldest are taken would be searched for its first entry through all that were taken. */
  readonly #inOrder = new LinkedList<Answered<Answer>>();
  #oldestHeld: Answered<Answer> | undefined;
  #bytes = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: AnswerStoreOptions<Answer>) {
    this.#options = options;
    this.#maxEntries = options.maxEntries ?? defaultMaxEntries;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
    this.#maxAnswerBytes = options.maxAnswerBytes ?? defaultMaxAnswerBytes;
  }

  /** Keys remembered, those in flight among them. */
  get size(): number {
    return this.#running.size + this.#answered.size;
  }

  /** Memory that the answers take. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Calls, unless the key was used before; `call` begins after this has returned.
   *
   * @param fingerprint equal for requests that are the same
   */
  ask(key: string, fingerprint: string, call: () => Promise<Answer>): Asked<Answer> {
    this.#forgetExpired();
    const running = this.#running.get(key);
    if (running !== undefined) {
      return running.fingerprint === fingerprint
        ? { kind: 'repeated', answer: running.answer }
        : { kind: 'other_request' };
    }
    const answered = this.#answered.get(key);
    if (answered !== undefined) {
      if (answered.fingerprint !== fingerprint) return { kind: 'other_request' };
      const { held } = answered;
      return held === undefined
        ? { kind: 'let_go' }
        : { kind: 'repeated', answer: Promise.resolve(held.answer) };
    }
    if (this.size >= this.#maxEntries && !this.#forgetOldest()) return { kind: 'full' };
    const entry: Running<Answer> = { fingerprint, answer: this.#run(key, call) };
    this.#running.set(key, entry);
    return { kind: 'first', answer: entry.answer };
  }

  /** Forgets every answer; calls in flight still settle, and are forgotten then as well. */
  clear(): void {
    this.#running.clear();
    for (let entry = this.#inOrder.first; entry !== undefined; entry = this.#inOrder.first)
      this.#forget(entry);
  }

  async #run(key: string, call: () => Promise<Answer>): Promise<Answer> {
    // Until `ask` has returned, nobody could hear of it.
    await Promise.resolve();
    const running = this.#running.get(key);
    const isRunning = (): boolean => running !== undefined && this.#running.get(key) === running;
    try {
      const answer = await call();
      const bytes = this.#options.sizeOf(answer);
      if (bytes !== undefined && running !== undefined && isRunning())
        this.#keep(key, running.fingerprint, answer, bytes);
      return answer;
    } finally {
      if (isRunning()) this.#running.delete(key);
    }
  }

  #keep(key: string, fingerprint: string, answer: Answer, bytes: number): void {
    const { clock, ttlMs, toKept } = this.#options;
    const isHeld = bytes <= Math.min(this.#maxAnswerBytes, this.#maxBytes);
    const entry: Answered<Answer> = {
      key,
      fingerprint,
      expiresAt: clock.now() + ttlMs,
      held: isHeld ? { answer: toKept(answer), bytes } : undefined,
      previous: undefined,
      next: undefined,
    };
    this.#answered.set(key, entry);
    this.#inOrder.push(entry);
    if (isHeld) {
      this.#oldestHeld ??= entry;
      this.#bytes += bytes;
      while (this.#bytes > this.#maxBytes && this.#oldestHeld !== undefined) this.#letGo(this.#oldestHeld);
    }
    if (this.#cancelTimer === undefined) this.#arm(ttlMs);
  }

  /** Of the oldest that is held, or of one that is not. */
  #letGo(entry: Answered<Answer>): void {
    this.#bytes -= entry.held?.bytes ?? 0;
    entry.held = undefined;
    while (this.#oldestHeld !== undefined && this.#oldestHeld.held === undefined)
      this.#oldestHeld = this.#oldestHeld.next;
  }

  #forgetExpired(): void {
    const now = this.#options.clock.now();
    for (let entry = this.#inOrder.first; entry !== undefined; entry = this.#inOrder.first) {
      if (entry.expiresAt > now) break;
      this.#forget(entry);
    }
  }

  /** False when all keys are in flight. */
  #forgetOldest(): boolean {
    const oldest = this.#inOrder.first;
    if (oldest === undefined) return false;
    this.#forget(oldest);
    return true;
  }

  /** The oldest. */
  #forget(entry: Answered<Answer>): void {
    this.#letGo(entry);
    this.#inOrder.remove(entry);
    this.#answered.delete(entry.key);
    if (this.#answered.size === 0) this.#stopTimer();
  }

  #arm(ms: number): void {
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      this.#cancelTimer = undefined;
      this.#forgetExpired();
      const oldest = this.#inOrder.first;
      // A timer may fire a fraction of a millisecond early.
      if (oldest !== undefined) this.#arm(Math.max(1, oldest.expiresAt - this.#options.clock.now()));
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
