import type { CheckInfo, Observer, OpenOptions } from '../checks/check.ts';
import type { FindingDraft } from '../findings/finding.ts';
import { initialize } from '../target/initialize.ts';
import { Session } from '../target/session.ts';
import type { Target } from '../target/target.ts';
import type { WireEvent } from '../target/wire-event.ts';

/** Where what is seen goes; another one for each unit of work. */
export interface Collector {
  readonly report: (check: CheckInfo, draft: FindingDraft) => void;
  readonly exercise: (check: CheckInfo) => void;
}

export interface SessionKeeperOptions {
  readonly target: Target;
  readonly observers: readonly Observer[];
  readonly requestTimeoutMs: number;
  readonly protocolVersion: string;
}

/** The server could not be brought to work. */
export class ServerUnavailableError extends Error {
  readonly stderrTail: readonly string[];

  constructor(message: string, stderrTail: readonly string[]) {
    super(message);
    this.name = 'ServerUnavailableError';
    this.stderrTail = stderrTail;
  }
}

/**
 * Opens sessions with the observers on them, and keeps one that checks share. After a crash or a hang the next one that
 * asks gets a server started anew.
 */
export class SessionKeeper {
  /** Names of tools that got a call so far. */
  readonly calledTools: Set<string> = new Set();
  readonly #options: SessionKeeperOptions;
  readonly #others = new Set<Session>();
  #shared: Session | undefined;
  #opening: Promise<Session> | undefined;
  #collector: Collector | undefined;
  #requests = 0;
  #isClosed = false;

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
  }

  /** Requests sent so far, on all sessions. */
  get requests(): number {
    return this.#requests;
  }

  /** From now on this one gets what is seen. */
  collectInto(collector: Collector): void {
    this.#collector = collector;
  }

  /** The shared session, initialized; throws ServerUnavailableError when the server does not get that far. */
  async session(): Promise<Session> {
    if (this.#shared?.isUsable === true) return this.#shared;
    // Calls side by side may lose it together, and share the next one.
    this.#opening ??= this.#renew();
    return this.#opening;
  }

  /** A session that is the caller's until {@link closeOthers}, not initialized. */
  open(options: OpenOptions = {}): Session {
    const session = this.#create(options);
    this.#others.add(session);
    return session;
  }

  /** The same, initialized; throws ServerUnavailableError. */
  async openReady(options: OpenOptions = {}): Promise<Session> {
    return this.#initialized(this.open(options), options);
  }

  /** Lets come in what the server still had to say: a pong follows all that was written before it. */
  async settle(): Promise<void> {
    for (const session of [this.#shared, ...this.#others]) {
      if (session?.isUsable === true) await session.request('ping');
    }
  }

  /** Ends the shared session; who asks next gets a new one. */
  async closeShared(): Promise<void> {
    await this.#shared?.close();
  }

  async closeOthers(): Promise<void> {
    await Promise.all([...this.#others].map((session) => session.close()));
    this.#others.clear();
  }

  /** Ends all sessions; none can be opened after. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#shared?.close(), this.closeOthers()]);
  }

  async #renew(): Promise<Session> {
    try {
      await this.#shared?.close();
      this.#shared = undefined;
      const session = await this.#initialized(this.#create({}), {});
      this.#shared = session;
      return session;
    } finally {
      this.#opening = undefined;
    }
  }

  #create(options: OpenOptions): Session {
    if (this.#isClosed) throw new ServerUnavailableError('the run is over', []);
    const { target, observers, requestTimeoutMs } = this.#options;
    const watchers = observers
      .filter((check) => options.judgesHealth !== true || check.watchesHealth !== true)
      .map((check) =>
        check.watch({
          report: (draft) => this.#collector?.report(check, draft),
          exercise: () => this.#collector?.exercise(check),
          server: () => session.server,
        }),
      );
    const count = (event: WireEvent): void => {
      if (event.kind !== 'requested') return;
      this.#requests += 1;
      if (event.request.tool !== undefined) this.calledTools.add(event.request.tool);
    };
    const session: Session = new Session(target, { requestTimeoutMs, watchers: [count, ...watchers] });
    return session;
  }

  async #initialized(session: Session, { protocolVersion }: OpenOptions): Promise<Session> {
    const handshake = await initialize(session, protocolVersion ?? this.#options.protocolVersion);
    if (handshake.kind === 'ready') return session;
    const { reply, reason } = handshake;
    await session.close();
    const ending = reply.kind === 'ended' ? reply.ending : undefined;
    const tail = ending?.kind === 'exited' ? ending.stderrTail : [];
    throw new ServerUnavailableError(`the server was not initialized: ${reason}`, tail);
  }
}
