import type { Logger } from '../../logger.ts';
import { systemClock, type Clock } from '../clock.ts';
import { FurtherSends } from '../supervision/further-sends.ts';
import { Listeners } from '../supervision/listeners.ts';
import { TrafficCounter, type Traffic } from '../traffic.ts';
import type {
  CallOutcome,
  Catalog,
  CircuitState,
  Failures,
  ReplicaCount,
  StartableUpstream,
  ToolCall,
  UpstreamState,
} from '../upstream.ts';
import { Dealer } from './dealer.ts';
import { joinCircuits, joinFailures, joinStates, toRefusal } from './join-states.ts';
import { Replica } from './replica.ts';
import { Scaler, type ReplicaPolicy, type ScalingOptions } from './scaler.ts';
import { ServedListing } from './served-listing.ts';

/** One server, run several times. */
export interface ReplicaSetOptions {
  readonly name: string;
  readonly policy: ReplicaPolicy;
  /**
   * Makes, and does not start, one of them, which leaves it to the set to send calls again and to let them wait: it calls
   * `onRoom` when `hasRoom` may have become true for another reason than the end of a call.
   */
  readonly create: (number: number, onRoom: () => void) => StartableUpstream;
  readonly logger: Logger;
  /** Calls that one of them takes at a time. @default 1000 */
  readonly maxInFlight?: number;
  /** Calls that wait for the first that has room. @default 1000 */
  readonly maxQueue?: number;
  /** When none is left, calls that were certainly not run wait this long for the first to be back. @default 5000 */
  readonly healMs?: number;
  readonly scaling?: ScalingOptions;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Between two looks at the load. */
const LOOK_MS = 500;
/** What the calls of a replica that is no longer wanted get to finish. */
const RETIRE_MS = 60_000;
/** And then the replica to end. */
const END_MS = 2000;

/** Not started. */
export function createReplicaSet(options: ReplicaSetOptions): StartableUpstream {
  return new ReplicaSet(options);
}

/**
 * Several children of one server, each restarted by itself; calls go to the ready one with the fewest.
 *
 *     start ──▶ serving ──(no longer wanted)──▶ retiring ──(its calls are over)──▶ gone
 *
 * Invariants: every replica that was made is serving, retiring or closed; calls go to serving ones alone; once the first
 * was ready, at least `min` are serving, until the end.
 */
class ReplicaSet implements StartableUpstream {
  readonly name: string;
  readonly #options: ReplicaSetOptions;
  readonly #clock: Clock;
  readonly #listeners: Listeners;
  readonly #furtherSends: FurtherSends;
  readonly #dealer: Dealer;
  readonly #scaler: Scaler;
  readonly #listing: ServedListing;
  readonly #traffic = new TrafficCounter();
  /** Oldest first. */
  #serving: readonly Replica[] = [];
  readonly #retiring = new Set<Replica>();
  #made = 0;
  #hadReady = false;
  #pastRestarts = 0;
  #rolling: Promise<void> | undefined;
  #cancelLook: () => void = () => {};
  #isClosed = false;

  constructor(options: ReplicaSetOptions) {
    const {
      name,
      policy,
      logger,
      maxInFlight = 1000,
      maxQueue = 1000,
      scaling,
      clock = systemClock,
    } = options;
    this.name = name;
    this.#options = options;
    this.#clock = clock;
    this.#listeners = new Listeners(logger);
    this.#dealer = new Dealer({ clock, maxQueue, replicas: () => this.#serving });
    this.#scaler = new Scaler(policy, maxInFlight, clock, scaling);
    this.#listing = new ServedListing(logger, () => this.#ready());
    this.#furtherSends = new FurtherSends(
      { clock, healMs: options.healMs ?? 5000, maxWaiting: maxInFlight + maxQueue },
      {
        session: () => (this.#dealer.hasReady ? this.#dealer : undefined),
        isClosed: () => this.#isClosed,
        notReady: () => toRefusal(this.state, this.failures),
      },
    );
  }

  get state(): UpstreamState {
    return this.#isClosed
      ? { kind: 'closed' }
      : joinStates(this.#serving.map(({ upstream }) => upstream.state));
  }

  get circuit(): CircuitState {
    return joinCircuits(this.#serving.map(({ upstream }) => upstream));
  }

  get failures(): Failures | undefined {
    return joinFailures(this.#serving.map(({ upstream }) => upstream));
  }

  get catalog(): Catalog | undefined {
    return this.#listing.catalog;
  }

  get inFlight(): number {
    return this.#sum(({ inFlight }) => inFlight);
  }

  get restarts(): number {
    return this.#pastRestarts + this.#sum(({ restarts }) => restarts);
  }

  get replicas(): ReplicaCount {
    const total = Math.max(this.#serving.length, this.#options.policy.min);
    return { ready: this.#serving.filter(({ isReady }) => isReady).length, total };
  }

  get traffic(): Traffic {
    // What a replica that is not ready could take is no help to those who wait.
    const window = this.#ready().length * (this.#options.maxInFlight ?? 1000);
    return { ...this.#traffic.total, queued: this.#dealer.queued, window };
  }

  /** Resolves, or rejects, as the first of them does; the others follow once it is ready. */
  async start(onFailure?: 'close' | 'retry'): Promise<void> {
    if (this.#made > 0) throw new Error('start() was called before');
    const { upstream } = this.#add();
    if (this.#options.policy.max > this.#options.policy.min) this.#look();
    try {
      await upstream.start(onFailure);
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  callTool(call: ToolCall): Promise<CallOutcome> {
    return this.#furtherSends.call(call);
  }

  async refresh(): Promise<void> {
    await Promise.all(this.#ready().map(async ({ upstream }) => await upstream.refresh()));
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  restart(): Promise<void> {
    this.#rolling ??= this.#roll().finally(() => {
      this.#rolling = undefined;
    });
    return this.#rolling;
  }

  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true;
    this.#cancelLook();
    this.#furtherSends.wake();
    this.#dealer.refuse(toRefusal(this.state, this.failures));
    const all = [...this.#serving, ...this.#retiring];
    await Promise.all(all.map(async ({ upstream }) => await upstream.close(deadlineMs)));
    this.#listeners.notify();
  }

  #add(): Replica {
    this.#made += 1;
    const upstream = this.#options.create(this.#made, () => this.#dealer.deal());
    const replica = new Replica(this.#made, upstream, () => this.#dealer.deal());
    this.#traffic.attach(upstream);
    this.#serving = [...this.#serving, replica];
    upstream.onChange(() => this.#onChange(replica));
    return replica;
  }

  /** Starts one more, and tries for as long as it takes. */
  #grow(): void {
    // With 'retry' it never rejects.
    void this.#add().upstream.start('retry');
  }

  #onChange(replica: Replica): void {
    if (this.#isClosed) return;
    const { state } = replica.upstream;
    const isNews = state !== replica.seenState;
    replica.seenState = state;
    const { hasReady } = this.#dealer;
    this.#furtherSends.isHopeless = !hasReady && this.circuit !== 'closed';
    if (hasReady) this.#furtherSends.wake();
    else if (this.#hadReady) this.#furtherSends.lost();
    else if (isNews && state.kind === 'restarting') this.#furtherSends.giveUp();
    this.#hadReady = hasReady;
    this.#dealer.update(toRefusal(this.state, this.failures));
    // Not before: all might fail as the first does, or download the same thing.
    if (hasReady) for (let n = this.#serving.length; n < this.#options.policy.min; n += 1) this.#grow();
    this.#listing.update();
    this.#listing.onListing(replica);
    this.#listeners.notify();
  }

  /** Puts a new one in the place of each, one at a time. Never rejects. */
  async #roll(): Promise<void> {
    const { logger } = this.#options;
    for (const old of this.#serving) {
      // It may have been retired meanwhile.
      if (this.#isClosed || !this.#serving.includes(old)) continue;
      const fresh = this.#add();
      try {
        await fresh.upstream.start('close');
      } catch (error) {
        this.#remove(fresh);
        if (!this.#isClosed)
          logger.error({ err: error }, 'a new replica cannot be started; the others stay as they are');
        return;
      }
      await this.#retire(old);
    }
    if (!this.#isClosed) logger.info({ replicas: this.#serving.length }, 'every replica was replaced');
  }

  /** Gives it no more calls, and ends it after those that it has. */
  async #retire(replica: Replica): Promise<void> {
    this.#serving = this.#serving.filter((other) => other !== replica);
    this.#retiring.add(replica);
    this.#dealer.update(toRefusal(this.state, this.failures));
    this.#listing.update();
    this.#listeners.notify();
    await replica.untilIdle(this.#clock, RETIRE_MS);
    await replica.upstream.close(END_MS);
    this.#remove(replica);
  }

  /** It has been closed. */
  #remove(replica: Replica): void {
    this.#serving = this.#serving.filter((other) => other !== replica);
    this.#retiring.delete(replica);
    this.#traffic.detach(replica.upstream);
    this.#pastRestarts += replica.upstream.restarts;
    this.#listeners.notify();
  }

  #look(): void {
    this.#cancelLook = this.#clock.after(LOOK_MS, () => {
      if (this.#rolling === undefined) this.#scale();
      this.#look();
    });
  }

  #scale(): void {
    const ready = this.#ready();
    const counts = ready.map(({ calls }) => calls);
    const total = this.#serving.length;
    const waiting = this.#dealer.queued;
    const calls = counts.reduce((sum, count) => sum + count, waiting);
    const fewest = Math.min(...counts);
    const advice = this.#scaler.advise({ total, ready: ready.length, calls, waiting, fewest });
    if (advice === 'stay') return;
    const replicas = advice === 'grow' ? total + 1 : total - 1;
    this.#options.logger.info({ replicas, calls, waiting }, `the number of replicas ${advice}s`);
    const last = this.#serving.findLast(({ isReady }) => !isReady) ?? this.#serving.at(-1);
    if (advice === 'grow') this.#grow();
    else if (last !== undefined) void this.#retire(last); // closed with the set, if it comes to that
  }

  #ready(): readonly Replica[] {
    return this.#serving.filter(({ isReady }) => isReady);
  }

  #sum(of: (upstream: StartableUpstream) => number): number {
    let total = 0;
    for (const { upstream } of this.#serving) total += of(upstream);
    for (const { upstream } of this.#retiring) total += of(upstream);
    return total;
  }
}
