import type { Logger } from '../../logger.ts';
import { systemClock, type Clock } from '../clock.ts';
import { Deadlines } from '../calls/deadlines.ts';
import { createSessionKeyReader } from './session-key.ts';
import type { SessionPolicy } from './session-policy.ts';
import { TrafficCounter, type Traffic } from '../traffic.ts';
import type {
  CallOrigin,
  CallOutcome,
  Catalog,
  StartableUpstream,
  ToolCall,
  UpstreamState,
} from '../upstream.ts';
import type { UserTrait } from './user-trait.ts';
import { UserSession, type UserSessionEvents } from './user-session.ts';

/** Whom a connection is for. */
export interface SessionUser {
  /** Of the request that opens the session. */
  readonly origin: CallOrigin;
  /** Names the session in logs; tells nothing of the user. */
  readonly label: string;
}

export interface SessionPoolOptions {
  readonly name: string;
  readonly policy: SessionPolicy;
  /** What `create` reads of a user: whoever brings another value gets another session. @default nothing */
  readonly templates?: readonly UserTrait[];
  /** Makes the connection of a user; undefined: the one that lists the tools. */
  readonly create: (user: SessionUser | undefined) => StartableUpstream;
  readonly logger: Logger;
  /** @default the system's */
  readonly clock?: Clock;
}

/** What a session gets to end before it is killed; a user may be waiting for its place. */
const END_DEADLINE_MS = 2000;
const OVERLOADED_RETRY_MS = 1000;

/**
 * One server, with a session for each user (spec/mapping.md, SESS rules). Its tools and its state are those of one more
 * session, which has no user and gets no calls.
 *
 * Not started.
 */
export function createSessionPool(options: SessionPoolOptions): StartableUpstream {
  return new SessionPool(options);
}

/**
 *     call ──▶ sessions ──▶ idle (oldest first) ──▶ ending ──▶ gone
 *                  ▲             │
 *                  └─────────────┘
 *
 * Invariants: each key has at most one session in `sessions`; `idle` holds those of them without calls, and each has
 * a deadline; sessions and what is ending, less those whose place was promised to a session that waits for it, are
 * at most `max`. So at most `max` servers of users run at any time.
 */
class SessionPool implements StartableUpstream {
  readonly name: string;
  readonly #options: SessionPoolOptions;
  readonly #clock: Clock;
  readonly #readKey: ReturnType<typeof createSessionKeyReader>;
  readonly #listing: StartableUpstream;
  readonly #sessions = new Map<string, UserSession>();
  readonly #idle = new Set<UserSession>();
  readonly #deadlines: Deadlines;
  readonly #ending = new Map<UserSession, Promise<void>>();
  /** Endings whose place nobody waits for. */
  readonly #unclaimed = new Set<Promise<void>>();
  readonly #live = new Map<UserSession, StartableUpstream>();
  readonly #traffic = new TrafficCounter();
  #pastRestarts = 0;
  #isClosed = false;

  constructor(options: SessionPoolOptions) {
    this.name = options.name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#deadlines = new Deadlines(this.#clock);
    this.#readKey = createSessionKeyReader(options.policy, options.templates);
    this.#listing = options.create(undefined);
    this.#traffic.attach(this.#listing);
  }

  get state(): UpstreamState {
    return this.#listing.state;
  }

  get catalog(): Catalog | undefined {
    return this.#listing.catalog;
  }

  get inFlight(): number {
    return sum([this.#listing, ...this.#live.values()], ({ inFlight }) => inFlight);
  }

  get restarts(): number {
    return this.#pastRestarts + sum([this.#listing, ...this.#live.values()], ({ restarts }) => restarts);
  }

  get traffic(): Traffic {
    return this.#traffic.total;
  }

  get sessions(): number {
    return sum(this.#sessions.values(), ({ stage }) => (stage === 'open' ? 1 : 0));
  }

  async start(onFailure?: 'close' | 'retry'): Promise<void> {
    await this.#listing.start(onFailure);
  }

  async refresh(): Promise<void> {
    await this.#listing.refresh();
  }

  onChange(listener: () => void): () => void {
    return this.#listing.onChange(listener);
  }

  callTool(call: ToolCall): Promise<CallOutcome> {
    if (this.#isClosed) {
      return Promise.resolve({ kind: 'not_ready', retryAfterMs: 1000, reason: 'the server is closed' });
    }
    const origin: CallOrigin = { headers: call.callerHeaders, identity: call.client?.identity };
    const whose = this.#readKey(origin);
    if (whose.kind === 'missing') return Promise.resolve({ kind: 'no_session_key', needs: whose.needs });
    const session = this.#sessions.get(whose.key) ?? this.#open(whose.key, origin);
    if (session !== undefined) return session.call(call);
    return Promise.resolve({ kind: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }

  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true;
    for (const session of this.#sessions.values()) void this.#end(session, deadlineMs); // awaited below
    this.#deadlines.clear();
    await Promise.all([
      this.#listing.close(deadlineMs),
      // Those that were ending before are hastened.
      ...[...this.#ending.keys()].map(async (session) => await session.close(deadlineMs)),
      ...this.#ending.values(),
    ]);
  }

  /** Undefined when every place is taken by a session with calls. */
  #open(key: string, origin: CallOrigin): UserSession | undefined {
    const place = this.#claimPlace(key);
    if (place === undefined) return undefined;
    // A user's server may hold what only one at a time can: the next one waits for the one before.
    const predecessors = [...this.#ending]
      .filter(([{ key: other }]) => other === key)
      .map(([, gone]) => gone);
    const session: UserSession = new UserSession({
      key,
      clock: this.#clock,
      create: () => this.#options.create({ origin, label: session.label }),
      room: Promise.all([place, ...predecessors]),
      events: this.#events,
    });
    this.#sessions.set(key, session);
    return session;
  }

  /** Resolves when the place is free. */
  #claimPlace(key: string): Promise<void> | undefined {
    if (this.#sessions.size + this.#unclaimed.size < this.#options.policy.max) return Promise.resolve();
    const own = [...this.#ending].find(([session, gone]) => session.key === key && this.#unclaimed.has(gone));
    const [oldest] = this.#idle;
    const ending = own?.[1] ?? this.#unclaimed.values().next().value ?? (oldest && this.#end(oldest));
    if (ending !== undefined) this.#unclaimed.delete(ending);
    return ending;
  }

  #end(session: UserSession, deadlineMs = END_DEADLINE_MS): Promise<void> {
    this.#sessions.delete(session.key);
    this.#idle.delete(session);
    this.#deadlines.remove(session);
    const hasServer = session.stage === 'open';
    const gone: Promise<void> = this.#close(session, deadlineMs).finally(() => this.#unclaimed.delete(gone));
    this.#ending.set(session, gone);
    this.#unclaimed.add(gone);
    if (hasServer) this.#options.logger.info({ session: session.label }, 'the session of a user ended');
    return gone;
  }

  /** Never rejects. */
  async #close(session: UserSession, deadlineMs: number): Promise<void> {
    await session.close(deadlineMs);
    this.#ending.delete(session);
    const upstream = this.#live.get(session);
    if (upstream === undefined) return;
    this.#live.delete(session);
    this.#traffic.detach(upstream);
    this.#pastRestarts += upstream.restarts;
  }

  /** Finds the session its place: in use, idle with a deadline, or at an end. */
  #settle(session: UserSession): void {
    if (this.#sessions.get(session.key) !== session) return;
    this.#idle.delete(session);
    this.#deadlines.remove(session);
    if (!session.isIdle) return;
    // It would go on restarting for nobody; the user's next call starts afresh.
    if (session.isBroken) {
      void this.#end(session); // close() waits for it
      return;
    }
    const ms = session.stage === 'failed' ? session.pauseMs : this.#options.policy.idleTimeoutMs;
    this.#idle.add(session);
    this.#deadlines.add(session, ms, this.#clock.now());
  }

  readonly #events: UserSessionEvents = {
    onCreated: (session, upstream) => {
      this.#live.set(session, upstream);
      this.#traffic.attach(upstream);
    },
    onOpened: ({ label }) => {
      this.#options.logger.info({ session: label }, 'a session was opened for a user');
    },
    onFailed: ({ label }, error) => {
      this.#options.logger.warn({ session: label, err: error }, 'a session for a user could not be opened');
    },
    onChange: (session) => this.#settle(session),
    onExpired: (session) => void this.#end(session), // close() waits for it
  };
}

function sum<Item>(items: Iterable<Item>, of: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
