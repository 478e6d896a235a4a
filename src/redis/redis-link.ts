import { randomUUID } from 'node:crypto';
import type { Logger } from '../logger.ts';
import { RedisClient, type RedisArgs } from './redis-client.ts';
import type { RedisScript } from './redis-script.ts';
import type { RedisSettings } from './redis-settings.ts';

/** What came of a script; away: Redis did not answer in time, or not with what was asked for. Texts come as bytes. */
export type RedisAnswer = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'away' };

/** For /readyz; `problem` has no secrets. */
export type RedisState = { readonly kind: 'up' } | { readonly kind: 'down'; readonly problem: string };

/** What probes and metrics see of it. */
export interface RedisHealth {
  readonly fail: RedisSettings['fail'];
  readonly state: RedisState;
  /** Commands that failed, or were not answered in time. */
  readonly failures: number;
}

/** What users of a Redis see of it. */
export interface RedisLike {
  /** Whether it is asked at all at the moment. */
  readonly isUp: boolean;
  readonly fail: RedisSettings['fail'];
  /** Never rejects, and takes no longer than a quarter of a second. */
  run(script: RedisScript, key: string, args: RedisArgs): Promise<RedisAnswer>;
  /** Runs whenever Redis answers again. */
  onUp(listener: () => void): void;
}

/** Far more than Redis takes for a script, on a network of its own. */
const commandTimeoutMs = 250;
const firstProbeMs = 50;
const maxProbeMs = 1_000;
/** A connection that is silent for that long is given up; whoever is at its other end may have gone without a word. */
const silenceMs = 5_000;
/** One that goes again sooner than that is not asked any sooner. */
const steadyMs = 10_000;
const away: RedisAnswer = { kind: 'away' };

/** Writes, reads, and runs a script: all that is asked of a Redis. What it says is new each time. */
const probeScript: RedisScript = {
  name: 'mcpoProbe',
  lua: `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local said = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return said
`,
  isReply: (reply) => Buffer.isBuffer(reply),
};

/**
 * The connection to Redis. Nothing waits for one that does not answer:
 *
 *     down ──(a probe is answered)──▶ up ──(a command fails, or takes too long)──▶ down
 *
 * Invariants: commands are sent only while it is up; while it is down, and until the end, a timer for the next probe
 * runs, or a probe is under way, and only one. A probe writes: a Redis that is full, or a replica, cannot be used.
 */
export class RedisLink implements RedisLike, RedisHealth {
  readonly fail: RedisSettings['fail'];
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #logger: Logger;
  readonly #listeners = new Set<() => void>();
  #state: RedisState = { kind: 'down', problem: 'not connected yet' };
  #isSaid = false;
  #isEvictionSaid = false;
  #isClosed = false;
  #failures = 0;
  #probeMs = firstProbeMs;
  #timer: NodeJS.Timeout | undefined;
  #isProbing = false;
  #changedAt = performance.now();
  #lastSignOfLifeAt = performance.now();

  /** @throws UsageError for a URL that is none of a Redis */
  constructor({ url, password, prefix, fail }: RedisSettings, logger: Logger) {
    this.fail = fail;
    this.#prefix = prefix;
    this.#logger = logger;
    this.#client = new RedisClient({ url, ...(password !== undefined && { password }) }, () => {
      this.#lastSignOfLifeAt = performance.now();
      this.#drop(this.#client.problem);
    });
    this.#client.connect();
    this.#plan();
  }

  get isUp(): boolean {
    return this.#state.kind === 'up';
  }

  get state(): RedisState {
    return this.#state;
  }

  get failures(): number {
    return this.#failures;
  }

  onUp(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves when it is up, at the latest `ms` from now. */
  async settled(ms: number): Promise<void> {
    if (this.isUp) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.onUp(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    if (this.#state.kind === 'down') this.#say(this.#state.problem);
  }

  async run(script: RedisScript, key: string, args: RedisArgs): Promise<RedisAnswer> {
    if (!this.isUp) return away;
    try {
      return { kind: 'value', value: await inTime(this.#client.run(script, `${this.#prefix}${key}`, args)) };
    } catch (error) {
      this.#failures += 1;
      this.#drop(this.#explain(error));
      return away;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#state = { kind: 'down', problem: 'closed' };
    this.#client.close();
  }

  #drop(problem: string): void {
    if (this.#isClosed) return;
    const wasUp = this.isUp;
    this.#state = { kind: 'down', problem };
    if (!wasUp) return;
    const now = performance.now();
    if (now - this.#changedAt > steadyMs) this.#probeMs = firstProbeMs;
    this.#changedAt = now;
    this.#isSaid = false;
    this.#say(problem);
    this.#plan();
  }

  /** One line for each time it goes. */
  #say(problem: string): void {
    if (this.#isSaid || this.#isClosed) return;
    this.#isSaid = true;
    const consequence =
      this.fail === 'open'
        ? 'limits and Idempotency-Keys are those of this gateway alone until it does'
        : 'calls that need it are refused until it does (--redis-fail closed)';
    this.#logger.warn(
      { reason: problem },
      `Redis ${refusalIn(problem) ?? 'does not answer'}; ${consequence}`,
    );
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#probe(), this.#probeMs).unref();
    this.#probeMs = Math.min(2 * this.#probeMs, maxProbeMs);
  }

  async #probe(): Promise<void> {
    if (this.#isClosed || this.isUp || this.#isProbing) return;
    if (!this.#client.isReady) {
      this.#drop(this.#client.problem);
      // It may have been taken by somebody who never says a word.
      if (performance.now() - this.#lastSignOfLifeAt > silenceMs) this.#renew();
      this.#plan();
      return;
    }
    this.#isProbing = true;
    clearTimeout(this.#timer);
    const word = randomUUID();
    // Only the answer ends it: a second probe would wait behind the first.
    const silence = setTimeout(() => this.#renew(), silenceMs).unref();
    try {
      const said = await this.#client.run(probeScript, `${this.#prefix}probe:${word}`, [word, silenceMs]);
      // It is a Buffer: the script says so.
      if (String(said) === word) this.#rise();
      else this.#drop('it answers something else than was asked for');
    } catch (error) {
      this.#drop(this.#explain(error));
    } finally {
      clearTimeout(silence);
      this.#isProbing = false;
      this.#lastSignOfLifeAt = performance.now();
    }
    if (!this.isUp) this.#plan();
  }

  /** Where there is no connection any more, why says more. */
  #explain(error: unknown): string {
    return this.#client.isReady ? this.#client.describe(error) : this.#client.problem;
  }

  #renew(): void {
    this.#lastSignOfLifeAt = performance.now();
    this.#client.renew();
  }

  #rise(): void {
    if (this.#isClosed) return;
    this.#state = { kind: 'up' };
    this.#changedAt = performance.now();
    this.#logger.info({}, this.#isSaid ? 'Redis answers again' : 'Redis answers');
    this.#isSaid = false;
    // It never rejects.
    if (!this.#isEvictionSaid) void this.#sayEviction();
    for (const listener of this.#listeners) listener();
  }

  /** A Redis that forgets what it likes, when it is full, may have a tool called twice. */
  async #sayEviction(): Promise<void> {
    const policy = await this.#client.evictionPolicy();
    if (policy === undefined || policy === 'noeviction' || this.#isEvictionSaid || this.#isClosed) return;
    this.#isEvictionSaid = true;
    this.#logger.warn(
      { policy },
      'Redis forgets keys when it is full, limits and Idempotency-Keys among them; set its maxmemory-policy to noeviction',
    );
  }
}

/** What Redis refuses the gateway for, and what to do; undefined when it does not answer. Redis 6.0 and before say `ERR`. */
function refusalIn(problem: string): string | undefined {
  if (/^NOAUTH\b/.test(problem))
    return 'asks for a password, and lets nobody in without; set MCPO_REDIS_PASSWORD';
  if (/^(?:WRONGPASS|ERR invalid password|ERR .*without any password)/.test(problem))
    return 'does not let the gateway in; look at MCPO_REDIS_PASSWORD, and at the user in --redis-url where there is one';
  return /^NOPERM\b/.test(problem)
    ? 'does not permit its user what is needed; permit what the reason names, on the keys of --redis-prefix'
    : undefined;
}

/** Rejects when it takes too long; not because this process was busy with something else. */
async function inTime<Value>(promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error(`no answer within ${commandTimeoutMs} ms`));
    // What has arrived meanwhile is read first.
    timer = setTimeout(() => setImmediate(fail), commandTimeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
