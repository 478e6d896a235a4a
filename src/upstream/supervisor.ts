import { setMaxListeners } from 'node:events';
import { UpstreamStartError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { delay, type Clock } from './clock.ts';
import type { OpenSession, Session, SessionEvents } from './session.ts';
import type { Traffic, TrafficCounter } from './traffic.ts';
import type { CancelSignal, CallOutcome, Catalog, ToolCall, Upstream, UpstreamState } from './upstream.ts';

export interface SupervisorOptions {
  readonly name: string;
  readonly open: OpenSession;
  readonly clock: Clock;
  /** From 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Counts over all sessions. */
  readonly traffic: TrafficCounter;
  /** The wait before the first restart; doubled with each further failure. @default 250 */
  readonly minBackoffMs?: number;
  /** @default 30000 */
  readonly maxBackoffMs?: number;
  /** A session that lived this long ends the doubling. @default 30000 */
  readonly stableAfterMs?: number;
}

/** While an attempt is under way, nobody knows how long it takes. */
const ATTEMPT_RETRY_MS = 1000;
/** What a server whose connection was lost gets to end; no new one is started beside it. */
const ENDING_MS = 1000;

/**
 * Keeps one server connected: opens a session, and another when it is lost.
 *
 *     connecting ──▶ ready ◀──▶ restarting
 *         │            │            │
 *         └────────────┴────────────┴──▶ closed
 *
 * connecting: the first attempt; when it fails, `start` rejects and the state is closed. ready: there is a session.
 * restarting: the backoff or an attempt. closed: for good.
 * Invariants: a session exists exactly in `ready`; one attempt at a time; an attempt begins only after the server
 * before it has ended; the catalog, once known, stays.
 */
export class Supervisor implements Upstream {
  readonly name: string;
  readonly #options: SupervisorOptions;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  /** Wakes calls that wait for a session to be repeated on. */
  readonly #waiting = new Set<() => void>();
  #state: UpstreamState = { kind: 'connecting' };
  #session: Session | undefined;
  /** The lost session whose server is still ending. */
  #ending: Session | undefined;
  /** Sessions that close() has been asked to end. */
  readonly #closed = new Set<Session>();
  #attempt: Promise<void> | undefined;
  #catalog: Catalog | undefined;
  #restarts = 0;
  #failures = 0;
  #readySince = 0;
  /** In `restarting`, when the next attempt begins. */
  #retryAt = 0;

  constructor(options: SupervisorOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get state(): UpstreamState {
    return this.#state;
  }

  get catalog(): Catalog | undefined {
    return this.#catalog;
  }

  get inFlight(): number {
    return this.#session?.inFlight ?? 0;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Sums over all connections so far; for metrics. */
  get traffic(): Traffic {
    return this.#options.traffic.total;
  }

  /** Connects for the first time; call it once. @throws UpstreamStartError */
  async start(): Promise<void> {
    if (this.#attempt !== undefined) throw new Error('start() was called before');
    this.#attempt = this.#connect();
    try {
      await this.#attempt;
    } catch (error) {
      this.#setState({ kind: 'closed' });
      throw error;
    }
  }

  callTool(call: ToolCall): Promise<CallOutcome> {
    const session = this.#session;
    if (session === undefined) return Promise.resolve(this.#notReady());
    const outcome = session.callTool(call);
    return call.isRepeatable === true ? this.#repeatOnce(call, outcome) : outcome;
  }

  async refresh(): Promise<void> {
    await this.#session?.refresh();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(deadlineMs: number): Promise<void> {
    // Kept until they are gone, so that a later close with less patience hastens an earlier one.
    for (const session of [this.#session, this.#ending]) if (session !== undefined) this.#closed.add(session);
    this.#session = undefined;
    this.#setState({ kind: 'closed' });
    this.#closing.abort();
    await Promise.all([...this.#closed].map(async (session) => await session.close(deadlineMs)));
    // An attempt under way ends what it started by itself; its failure was told to whoever waited for it.
    await this.#attempt?.catch(() => {});
  }

  async #connect(): Promise<void> {
    const lostEarly: { reason?: string } = {};
    let opened: Session | undefined;
    const session = await this.#open({
      onLost: (reason) => {
        if (opened === undefined) lostEarly.reason = reason;
        else this.#onLost(opened, reason);
        return this.#retryAfterMs();
      },
      onCatalog: () => {
        if (opened !== undefined && opened === this.#session) this.#adoptCatalog(opened);
      },
    });
    opened = session;
    if (this.#isClosed()) {
      await session.close(0);
      throw new UpstreamStartError('closed while it was connecting', []);
    }
    this.#session = session;
    this.#readySince = this.#options.clock.now();
    this.#catalog = session.catalog;
    this.#setState({ kind: 'ready' });
    if (lostEarly.reason !== undefined) this.#onLost(session, lostEarly.reason);
  }

  /**
   * Opens under a signal of its own: the SDK's client leaves its listeners on a signal for good, and would take an
   * abort long after as one of requests that were answered.
   */
  async #open(events: SessionEvents): Promise<Session> {
    const opening = new AbortController();
    setMaxListeners(0, opening.signal); // one for each page of the tool list
    const abort = (): void => opening.abort();
    const closing = this.#closing.signal;
    if (closing.aborted) abort();
    closing.addEventListener('abort', abort);
    try {
      return await this.#options.open(events, opening.signal);
    } finally {
      closing.removeEventListener('abort', abort);
    }
  }

  #onLost(session: Session, reason: string): void {
    if (this.#session !== session) return;
    const { clock, logger, stableAfterMs = 30_000 } = this.#options;
    if (clock.now() - this.#readySince >= stableAfterMs) this.#failures = 0;
    this.#session = undefined;
    this.#ending = session;
    logger.warn({ reason }, 'the connection to the server was lost');
    const waitMs = this.#planRetry(reason);
    this.#attempt = this.#restart(waitMs);
  }

  /** Never rejects. */
  async #restart(firstWaitMs: number): Promise<void> {
    const { clock, logger } = this.#options;
    let waitMs = firstWaitMs;
    for (;;) {
      await Promise.all([delay(clock, waitMs, this.#closing.signal), this.#ending?.close(ENDING_MS)]);
      this.#ending = undefined;
      if (this.#isClosed()) return;
      this.#restarts += 1;
      try {
        await this.#connect();
        logger.info({ restarts: this.#restarts }, 'connected to the server again');
        return;
      } catch (error) {
        if (this.#isClosed()) return;
        logger.error({ err: error }, 'the server could not be restarted');
        waitMs = this.#planRetry(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Exponential with jitter, so that several gateways do not restart their servers in step. */
  #planRetry(reason: string): number {
    const { clock, random, minBackoffMs = 250, maxBackoffMs = 30_000 } = this.#options;
    const fullMs = Math.min(maxBackoffMs, minBackoffMs * 2 ** this.#failures);
    this.#failures += 1;
    const waitMs = Math.round(fullMs * (0.5 + random() / 2));
    this.#retryAt = clock.now() + waitMs;
    this.#setState({ kind: 'restarting', retryInMs: waitMs, reason });
    return waitMs;
  }

  /** One more try on the next session, within the call's own deadline. */
  async #repeatOnce(call: ToolCall, first: Promise<CallOutcome>): Promise<CallOutcome> {
    const { clock } = this.#options;
    const endsAt = clock.now() + call.timeoutMs;
    const outcome = await first;
    if (outcome.kind !== 'lost') return outcome;
    await this.#sessionOrEnd(endsAt - clock.now(), call.signal);
    if (call.signal?.aborted === true) return { kind: 'cancelled' };
    if (this.#isClosed()) return outcome;
    const leftMs = endsAt - clock.now();
    if (this.#session === undefined || leftMs <= 0) return { kind: 'timeout' };
    return this.#session.callTool({ ...call, timeoutMs: leftMs });
  }

  /** Resolves when there is a session, never will be one, the time is up, or the caller has gone. */
  async #sessionOrEnd(ms: number, signal: CancelSignal | undefined): Promise<void> {
    if (this.#session !== undefined || this.#isClosed()) return;
    const enough = new AbortController();
    const wake = (): void => enough.abort();
    this.#waiting.add(wake);
    signal?.addEventListener('abort', wake);
    if (signal?.aborted === true) wake();
    await delay(this.#options.clock, ms, enough.signal);
    this.#waiting.delete(wake);
    signal?.removeEventListener('abort', wake);
  }

  #notReady(): CallOutcome {
    const reason =
      this.#state.kind === 'restarting' ? this.#state.reason : `the server is ${this.#state.kind}`;
    return { kind: 'not_ready', retryAfterMs: this.#retryAfterMs(), reason };
  }

  #retryAfterMs(): number {
    const leftMs = this.#retryAt - this.#options.clock.now();
    return this.#state.kind === 'restarting' && leftMs > 0 ? Math.ceil(leftMs) : ATTEMPT_RETRY_MS;
  }

  #adoptCatalog(session: Session): void {
    this.#catalog = session.catalog;
    this.#notify();
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  #setState(state: UpstreamState): void {
    if (this.#isClosed()) return;
    this.#state = state;
    if (state.kind !== 'restarting') for (const wake of this.#waiting) wake();
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#options.logger.error({ err: error }, 'a listener threw');
      }
    }
  }
}
