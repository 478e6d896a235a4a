import { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';
import { parseRedisUrl } from './redis-address.ts';
import type { RedisSettings } from './redis-settings.ts';

/** A script on one key; Redis runs it as a whole. */
export interface RedisScript {
  readonly name: string;
  readonly lua: string;
}

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
  run(script: RedisScript, key: string, args: readonly (string | number | Buffer)[]): Promise<RedisAnswer>;
  /** Runs whenever Redis answers again. */
  onUp(listener: () => void): void;
}

/** Far more than Redis takes for a script, on a network of its own. */
const commandTimeoutMs = 250;
const connectTimeoutMs = 1_000;
const firstProbeMs = 50;
const maxProbeMs = 1_000;
/** A connection that is silent for that long is given up; whoever is at its other end may have gone without a word. */
const silenceMs = 5_000;
const away: RedisAnswer = { kind: 'away' };

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
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #logger: Logger;
  readonly #password: string;
  readonly #scripts = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #state: RedisState = { kind: 'down', problem: 'not connected yet' };
  #isSaid = false;
  #isClosed = false;
  #failures = 0;
  #lastError: string | undefined;
  #probeMs = firstProbeMs;
  #timer: NodeJS.Timeout | undefined;
  #isProbing = false;

  /** @throws UsageError for a URL that is none of a Redis */
  constructor({ url, password, prefix, fail }: RedisSettings, logger: Logger) {
    this.fail = fail;
    this.#prefix = prefix;
    this.#logger = logger;
    const { isTls, ...address } = parseRedisUrl(url);
    const secret = password ?? address.password;
    this.#password = secret ?? '';
    this.#redis = new Redis({
      ...address,
      ...(secret !== undefined && { password: secret }),
      ...(isTls && { tls: {} }),
      protocol: 2,
      lazyConnect: true,
      connectTimeout: connectTimeoutMs,
      // Whatever cannot be sent at once is not worth sending later.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => Math.min(firstProbeMs * 2 ** Math.min(attempt, 10), maxProbeMs),
    });
    this.#redis.on('error', (error: Error) => (this.#lastError = this.#describe(error)));
    this.#redis.on('ready', () => void this.#probe());
    this.#redis.on('close', () => this.#drop(this.#lastError ?? 'the connection was closed'));
    // What goes wrong is told to the listener above.
    void this.#redis.connect().catch(() => undefined);
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
    if (!this.isUp) this.#say(this.#state.kind === 'down' ? this.#state.problem : '');
  }

  async run(
    script: RedisScript,
    key: string,
    args: readonly (string | number | Buffer)[],
  ): Promise<RedisAnswer> {
    if (!this.isUp) return away;
    try {
      return { kind: 'value', value: await inTime(this.#send(script, key, args)) };
    } catch (error) {
      this.#failures += 1;
      this.#drop(this.#describe(error));
      return away;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#state = { kind: 'down', problem: 'closed' };
    this.#redis.disconnect();
  }

  async #send(
    { name, lua }: RedisScript,
    key: string,
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    if (!this.#scripts.has(name)) {
      this.#redis.defineCommand(name, { numberOfKeys: 1, lua });
      this.#scripts.add(name);
    }
    // Defined above: the client has a method of that name, and one for bytes.
    const commands = this.#redis as unknown as Readonly<
      Record<string, (...words: readonly (string | number | Buffer)[]) => Promise<unknown>>
    >;
    return await commands[`${name}Buffer`]?.(`${this.#prefix}${key}`, ...args);
  }

  #drop(problem: string): void {
    if (this.#isClosed) return;
    const wasUp = this.isUp;
    this.#state = { kind: 'down', problem };
    if (wasUp) {
      this.#probeMs = firstProbeMs;
      this.#isSaid = false;
      this.#say(problem);
      this.#plan();
    }
  }

  /** One line for each time it goes. */
  #say(problem: string): void {
    if (this.#isSaid || this.#isClosed) return;
    this.#isSaid = true;
    const consequence =
      this.fail === 'open'
        ? 'limits and Idempotency-Keys are those of this gateway alone until it does'
        : 'calls that need it are refused until it does (--redis-fail closed)';
    this.#logger.warn({ reason: problem }, `Redis does not answer; ${consequence}`);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#probe(), this.#probeMs).unref();
    this.#probeMs = Math.min(2 * this.#probeMs, maxProbeMs);
  }

  async #probe(): Promise<void> {
    if (this.#isClosed || this.isUp || this.#isProbing) return;
    this.#isProbing = true;
    clearTimeout(this.#timer);
    // Only the answer ends it: a second probe would wait behind the first.
    const silence = setTimeout(() => this.#redis.disconnect(true), silenceMs).unref();
    try {
      await this.#redis.set(`${this.#prefix}probe`, '1', 'PX', silenceMs);
      this.#rise();
    } catch (error) {
      // Where there is no connection, why not says more.
      const isCut = this.#redis.status !== 'ready' && this.#lastError !== undefined;
      this.#drop(isCut ? (this.#lastError ?? '') : this.#describe(error));
    } finally {
      clearTimeout(silence);
      this.#isProbing = false;
    }
    if (!this.isUp) this.#plan();
  }

  #rise(): void {
    if (this.#isClosed) return;
    this.#state = { kind: 'up' };
    this.#lastError = undefined;
    this.#logger.info({}, this.#isSaid ? 'Redis answers again' : 'Redis answers');
    this.#isSaid = false;
    for (const listener of this.#listeners) listener();
  }

  #describe(error: unknown): string {
    if (!(error instanceof Error)) return 'it failed';
    const { code } = error as NodeJS.ErrnoException; // Node's errors of sockets have one
    const text = error.message === '' ? (code ?? error.name) : error.message;
    const secret = this.#password;
    return (secret === '' ? text : text.replaceAll(secret, '…')).slice(0, 200);
  }
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
