import { UpstreamStartError } from '../../errors.ts';
import { Backoff } from './backoff.ts';
import { Breaker } from './breaker.ts';
import { delay } from '../clock.ts';
import { FurtherSends } from './further-sends.ts';
import { Listeners } from './listeners.ts';
import { openSession } from './open-session.ts';
import { probeSession } from './probe-session.ts';
import type { Session, SessionEvents } from '../session.ts';
import type { SupervisorOptions } from './supervisor-options.ts';
import type { Traffic } from '../traffic.ts';
import type {
  CallOutcome,
  Catalog,
  CircuitState,
  StartableUpstream,
  ToolCall,
  Failures,
  UpstreamState,
} from '../upstream.ts';

/** While an attempt is under way, nobody knows how long it takes. */
const ATTEMPT_RETRY_MS = 1000;
/** What a server whose connection was lost gets to end; no new one is started beside it. */
const ENDING_MS = 1000;

/**
 * Keeps one server connected: opens a session, and another when it is lost.
 *
 *     connecting ──▶ ready ◀──▶ restarting
 *         │            ▲            │ ▲
 *         │            │            ▼ │
 *         ├────▶ awaiting_authorization
 *         ▼
 *       closed, from any of them
 *
 * connecting: the first attempt; when it fails, either `start` rejects and the state is closed, or it is restarting.
 * ready: there is a session. restarting: the backoff or an attempt. awaiting_authorization: an attempt that waits for a
 * person. closed: for good.
 * Invariants: a session exists exactly in `ready`; one attempt at a time; an attempt begins only after the server
 * before it has ended; the catalog, once known, stays.
 */
export class Supervisor implements StartableUpstream {
  readonly name: string;
  readonly #options: SupervisorOptions;
  readonly #listeners: Listeners;
  readonly #closing = new AbortController();
  /** Calls that are sent again, or wait for a session to be sent on. */
  readonly #furtherSends: FurtherSends;
  readonly #backoff: Backoff;
  readonly #breaker: Breaker;
  #state: UpstreamState = { kind: 'connecting' };
  #session: Session | undefined;
  /** The lost session whose server is still ending. */
  #ending: Session | undefined;
  /** Lost sessions that may still answer calls in flight. */
  readonly #retired = new Set<Session>();
  /** Sessions that close() has been asked to end. */
  readonly #closed = new Set<Session>();
  #attempt: Promise<void> | undefined;
  #catalog: Catalog | undefined;
  #restarts = 0;
  #readySince = 0;
  /** In `restarting`, when the next attempt begins. */
  #retryAt = 0;

  constructor(options: SupervisorOptions) {
    this.name = options.name;
    this.#options = options;
    this.#listeners = new Listeners(options.logger);
    this.#furtherSends = new FurtherSends(options, {
      session: () => this.#session,
      isClosed: () => this.#isClosed(),
      notReady: () => this.#notReady(),
    });
    this.#backoff = new Backoff(options);
    this.#breaker = new Breaker(options);
  }

  get state(): UpstreamState {
    return this.#state;
  }

  get catalog(): Catalog | undefined {
    return this.#catalog;
  }

  get inFlight(): number {
    let sum = this.#session?.inFlight ?? 0;
    for (const session of this.#retired) sum += session.inFlight;
    return sum;
  }

  get hasRoom(): boolean {
    return this.#session !== undefined && this.#session.hasRoom !== false;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get circuit(): CircuitState {
    return this.#breaker.state;
  }

  get failures(): Failures | undefined {
    return this.#breaker.failures;
  }

  get traffic(): Traffic {
    return this.#options.traffic.total;
  }

  async start(onFailure: 'close' | 'retry' = 'close'): Promise<void> {
    if (this.#attempt !== undefined) throw new Error('start() was called before');
    const first = this.#connect();
    if (onFailure === 'retry') {
      this.#attempt = this.#persist(first);
      // Or it waits for a person.
      await this.#listeners.until(() => this.#state.kind !== 'connecting');
      return;
    }
    this.#attempt = first;
    try {
      await first;
    } catch (error) {
      this.#setState({ kind: 'closed' });
      throw error;
    }
  }

  callTool(call: ToolCall): Promise<CallOutcome> {
    const session = this.#session;
    if (session !== undefined && !this.#furtherSends.concern(call)) return session.callTool(call);
    return this.#furtherSends.call(call);
  }

  async refresh(): Promise<void> {
    await this.#session?.refresh();
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  async close(deadlineMs: number): Promise<void> {
    // Kept until they are gone, so that a later close with less patience hastens an earlier one.
    const live = [this.#session, this.#ending, ...this.#retired];
    for (const session of live) if (session !== undefined) this.#closed.add(session);
    this.#session = undefined;
    this.#setState({ kind: 'closed' });
    this.#closing.abort();
    await Promise.all([...this.#closed].map(async (session) => await session.close(deadlineMs)));
    // An attempt under way ends what it started by itself; its failure was told to whoever waited for it.
    await this.#attempt?.catch(() => {});
  }

  async #connect(): Promise<void> {
    const { open, clock, logger, probe = {} } = this.#options;
    const { signal: closing } = this.#closing;
    const lostEarly = new AbortController();
    let adopted: Session | undefined;
    const events: SessionEvents = {
      onLost: (reason) => {
        if (adopted === undefined) lostEarly.abort(reason);
        else this.#onLost(adopted, reason);
        return this.#retryAfterMs();
      },
      onCatalog: () => {
        if (adopted === undefined || adopted !== this.#session) return;
        this.#catalog = adopted.catalog;
        this.#listeners.notify();
      },
      onAuthorization: (url) => {
        if (adopted === undefined) this.#setState({ kind: 'awaiting_authorization', url });
      },
    };
    const session = await openSession(open, events, closing);
    const lost = lostEarly.signal;
    if (this.#breaker.mustProve() && !(await probeSession(session, clock, probe, [lost, closing]))) {
      await session.close(this.#isClosed() ? 0 : ENDING_MS);
      throw new UpstreamStartError(lost.aborted ? String(lost.reason) : 'the server answers no ping', []);
    }
    if (this.#isClosed()) {
      await session.close(0);
      throw new UpstreamStartError('closed while it was connecting', []);
    }
    adopted = session;
    this.#session = session;
    if (this.#breaker.admit()) logger.info({}, 'the server has answered pings; it gets calls again');
    this.#readySince = clock.now();
    this.#catalog = session.catalog;
    // Before the state: it may be lost already.
    if (this.#restarts > 0) logger.info({ restarts: this.#restarts }, 'connected to the server again');
    this.#setState({ kind: 'ready' });
    if (lost.aborted) this.#onLost(session, String(lost.reason));
  }

  /** Never rejects. */
  async #persist(first: Promise<void>): Promise<void> {
    try {
      await first;
    } catch (error) {
      if (!this.#isClosed()) await this.#restart(this.#retryAfter(error));
    }
  }

  #onLost(session: Session, reason: string): void {
    if (this.#session !== session) return;
    const { clock, logger, stableAfterMs = 30_000, isLossFailure = true } = this.#options;
    if (clock.now() - this.#readySince >= stableAfterMs) {
      this.#backoff.reset();
      this.#breaker.reset();
    }
    this.#session = undefined;
    this.#ending = session;
    this.#furtherSends.lost();
    logger.warn({ reason }, 'the connection to the server was lost');
    if (isLossFailure) this.#fail(reason, reason);
    this.#attempt = this.#restart(this.#planRetry(reason));
  }

  /** Never rejects. */
  async #restart(firstWaitMs: number): Promise<void> {
    let waitMs = firstWaitMs;
    for (;;) {
      await Promise.all([delay(this.#options.clock, waitMs, this.#closing.signal), this.#retire()]);
      if (this.#isClosed()) return;
      this.#restarts += 1;
      try {
        await this.#connect();
        return;
      } catch (error) {
        if (this.#isClosed()) return;
        waitMs = this.#retryAfter(error);
      }
    }
  }

  /** Lets the lost session end, all but the calls that it may still answer. */
  async #retire(): Promise<void> {
    await this.#ending?.retire(ENDING_MS);
    if (this.#ending !== undefined) this.#retired.add(this.#ending);
    this.#ending = undefined;
    for (const session of this.#retired) if (session.inFlight === 0) this.#retired.delete(session);
  }

  /** Tells of an attempt that failed. @returns the wait until the next */
  #retryAfter(error: unknown): number {
    const { logger, healsOnlyLoss = false } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    this.#fail(reason, undefined);
    if (healsOnlyLoss) this.#furtherSends.giveUp();
    const retryInMs = this.#planRetry(reason);
    // A stack would say nothing about a server that is down, and say it every half minute.
    const known = error instanceof UpstreamStartError ? { stderr: error.stderrTail } : { err: error };
    logger.error({ reason, retryInMs, ...known }, 'the server could not be started or reached');
    return retryInMs;
  }

  /** A failure that the circuit counts. @param death as the breaker takes it */
  #fail(reason: string, death: string | undefined): void {
    if (!this.#breaker.fail(death)) return;
    const what = death === undefined ? 'does not come up' : 'keeps dying';
    const then = 'it gets no calls until it has answered pings for a moment';
    this.#options.logger.error({ reason }, `the server ${what}; ${then}`);
  }

  #planRetry(reason: string): number {
    const waitMs = this.#backoff.nextMs();
    this.#retryAt = this.#options.clock.now() + waitMs;
    this.#setState({ kind: 'restarting', retryInMs: waitMs, reason });
    return waitMs;
  }

  #notReady(): CallOutcome {
    const state = this.#state;
    const reason = state.kind === 'restarting' ? state.reason : `the server is ${state.kind}`;
    const more = this.failures && { failures: this.failures };
    return { kind: 'not_ready', retryAfterMs: this.#retryAfterMs(), reason, ...more };
  }

  #retryAfterMs(): number {
    const leftMs = this.#retryAt - this.#options.clock.now();
    return this.#state.kind === 'restarting' && leftMs > 0 ? Math.ceil(leftMs) : ATTEMPT_RETRY_MS;
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  #setState(state: UpstreamState): void {
    if (this.#isClosed()) return;
    this.#state = state;
    this.#furtherSends.isHopeless =
      this.#breaker.state !== 'closed' || state.kind === 'awaiting_authorization';
    if (state.kind !== 'restarting') this.#furtherSends.wake();
    this.#listeners.notify();
  }
}
