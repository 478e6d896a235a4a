import type { Clock } from '../clock.ts';
import type { Expiring } from '../calls/deadlines.ts';
import { afterWaiting } from '../calls/time-left.ts';
import type { CallOutcome, StartableUpstream, ToolCall } from '../upstream.ts';
import { WakeUp } from '../supervision/wake-up.ts';

/** What a pool knows of a session that it opens. */
export interface UserSessionOptions {
  readonly key: string;
  readonly clock: Clock;
  /** Makes the upstream of this user. */
  readonly create: () => StartableUpstream;
  /** Resolves when there is room for it; never rejects. */
  readonly room: Promise<unknown>;
  readonly events: UserSessionEvents;
}

/** What a pool is told. */
export interface UserSessionEvents {
  /** The upstream exists; from now until the session has ended. */
  readonly onCreated: (session: UserSession, upstream: StartableUpstream) => void;
  readonly onOpened: (session: UserSession) => void;
  readonly onFailed: (session: UserSession, error: unknown) => void;
  /** `isIdle`, `isBroken` or `stage` may be other than before. */
  readonly onChange: (session: UserSession) => void;
  readonly onExpired: (session: UserSession) => void;
}

/** What a server that could not be started gets to go away. */
const FAILED_DEADLINE_MS = 1000;
/** Until a user whose session could not be started may have another. */
const FAILURE_PAUSE_MS = 1000;
/** While an attempt is under way, nobody knows how long it takes. */
const STARTING_RETRY_MS = 1000;

/**
 * The session of one user: from the first call to its end, never again.
 *
 *     starting ──▶ open ──▶ ended
 *         └──▶ failed ──▶ ended, also from starting
 *
 * starting: waits for room, then for the server. open: calls go through; the upstream heals itself meanwhile. failed:
 * could not be started; kept a while, so that calls do not start it over and over. ended: for good.
 * Invariants: the upstream is created at most once, in `starting`, and closed before `close` resolves; a call waits
 * only in `starting`.
 */
export class UserSession implements Expiring {
  readonly key: string;
  /** Names the session in logs. */
  readonly label: string;
  expiresAt = 0;
  lane: Expiring['lane'];
  previous: Expiring | undefined;
  next: Expiring | undefined;

  readonly #clock: Clock;
  readonly #events: UserSessionEvents;
  /** Wakes the calls that came before it was open. */
  readonly #starting: WakeUp;
  readonly #started: Promise<void>;
  #stage: 'starting' | 'open' | 'failed' | 'ended' = 'starting';
  #upstream: StartableUpstream | undefined;
  #users = 0;
  #reason = '';
  /** In `failed`, when the pause ends. */
  #pausesUntil = 0;

  constructor(options: UserSessionOptions) {
    this.key = options.key;
    this.label = options.key.slice(0, 12);
    this.#clock = options.clock;
    this.#events = options.events;
    this.#starting = new WakeUp(options.clock);
    this.#started = this.#start(options);
  }

  get stage(): 'starting' | 'open' | 'failed' | 'ended' {
    return this.#stage;
  }

  /** No call is in flight or waits. */
  get isIdle(): boolean {
    return this.#users === 0;
  }

  /** Was open, and is not connected now. */
  get isBroken(): boolean {
    return this.#stage === 'open' && this.#upstream?.state.kind !== 'ready';
  }

  /** Of the pause after a failure. */
  get pauseMs(): number {
    return Math.max(1, Math.ceil(this.#pausesUntil - this.#clock.now()));
  }

  /** Never rejects. */
  async call(call: ToolCall): Promise<CallOutcome> {
    if (this.#stage === 'failed') return this.#notReady(this.pauseMs);
    this.#users += 1;
    if (this.#users === 1) this.#events.onChange(this);
    try {
      return await (this.#stage === 'open' && this.#upstream !== undefined
        ? this.#upstream.callTool(call)
        : this.#callOnceOpen(call));
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#events.onChange(this);
    }
  }

  /** Never rejects, and resolves when its server is gone, within `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    this.#stage = 'ended';
    this.#reason = 'the session has ended';
    this.#starting.wakeAll();
    await this.#closeUpstream(deadlineMs);
    await this.#started;
  }

  expire(): void {
    this.#events.onExpired(this);
  }

  /** Within the call's own deadline, the start included. */
  async #callOnceOpen(call: ToolCall): Promise<CallOutcome> {
    const startedAt = this.#clock.now();
    if (this.#stage === 'starting' && !this.#awaitsPerson()) {
      await this.#starting.wait(call.timeoutMs, call.signal);
    }
    if (call.signal?.aborted === true) return { kind: 'cancelled' };
    if (this.#stage === 'failed') return this.#notReady(this.pauseMs);
    if (this.#stage === 'ended' || this.#awaitsPerson()) return this.#notReady(STARTING_RETRY_MS);
    const waitedMs = this.#clock.now() - startedAt;
    // Nothing was sent: that is no time-out of the tool's.
    if (this.#stage === 'starting' || this.#upstream === undefined || waitedMs >= call.timeoutMs)
      return this.#notReady(STARTING_RETRY_MS);
    return await this.#upstream.callTool(afterWaiting(call, waitedMs));
  }

  /** Never rejects. */
  async #start({ create, room, events }: UserSessionOptions): Promise<void> {
    await room;
    if (this.#hasEnded()) return;
    try {
      this.#upstream = create();
      events.onCreated(this, this.#upstream);
      this.#upstream.onChange(() => this.#onUpstreamChange());
      await this.#upstream.start('close');
      if (this.#hasEnded()) return;
      this.#stage = 'open';
      events.onOpened(this);
    } catch (error) {
      await this.#closeUpstream(FAILED_DEADLINE_MS);
      if (this.#hasEnded()) return;
      this.#stage = 'failed';
      this.#pausesUntil = this.#clock.now() + FAILURE_PAUSE_MS;
      this.#reason = error instanceof Error ? error.message : String(error);
      events.onFailed(this, error);
    }
    this.#starting.wakeAll();
    events.onChange(this);
  }

  #onUpstreamChange(): void {
    if (this.#awaitsPerson()) this.#starting.wakeAll();
    if (this.isBroken) this.#events.onChange(this);
  }

  async #closeUpstream(deadlineMs: number): Promise<void> {
    try {
      await this.#upstream?.close(deadlineMs);
    } catch {
      // An upstream that cannot be closed has nothing more to say to this user.
    }
  }

  #awaitsPerson(): boolean {
    return this.#stage === 'starting' && this.#upstream?.state.kind === 'awaiting_authorization';
  }

  #hasEnded(): boolean {
    return this.#stage === 'ended';
  }

  #notReady(retryAfterMs: number): CallOutcome {
    const reason = this.#reason === '' ? 'the session waits for a person to agree' : this.#reason;
    return { kind: 'not_ready', retryAfterMs, reason };
  }
}
