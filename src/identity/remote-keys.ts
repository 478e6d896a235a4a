import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Logger } from '../logger.ts';
import { findUnsafeUrl } from './check-issuer-url.ts';
import { fetchJson as fetchOverHttp, type FetchJson, type FetchJsonOptions } from './fetch-json.ts';
import { findJwksUrl } from './find-jwks-url.ts';
import type { Renewal, TokenKeySource, TokenKeys } from './token-keys.ts';
import type { TokenKeysState } from './verdict.ts';

/** Time for what runs by itself; tests put their own in. */
interface RenewalClock {
  /** Milliseconds from a fixed point. */
  now(): number;
  /** Runs `run` once, unless the returned function is called before; keeps no process alive. */
  after(ms: number, run: () => void): () => void;
}

/** Where keys are asked for. */
export interface RemoteKeysOptions {
  readonly from:
    { readonly kind: 'issuer'; readonly issuer: string } | { readonly kind: 'url'; readonly url: string };
  readonly allowsHttp: boolean;
  readonly algorithms: readonly string[];
  readonly clock: RenewalClock;
  readonly logger: Logger;
  /** @default over HTTP */
  readonly fetchJson?: FetchJson;
}

/** Keys that are fine are asked for again this often, to notice those that were withdrawn. */
const refreshMs = 300_000;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;
/** For everything that one renewal asks: a call may wait for it. */
const fetchTimeoutMs = 5_000;
const maxBytes = 512 * 1024;
const maxKeys = 200;
/** Tokens that name unknown keys make the gateway ask this often at once, and then once in each interval. */
const renewalBurst = 3;
const renewalIntervalMs = 10_000;

/**
 * The keys of an issuer: asked for at the start, from time to time, and when a token names one that is not known.
 *
 *     waiting ──▶ fetching ──▶ waiting (refreshMs after a success, longer and longer after failures)
 *        └── renew ──▶ ┘       at most one is under way; what comes meanwhile shares it
 *
 * Keys that were had once stay while the issuer cannot be reached.
 */
export class RemoteKeys implements TokenKeySource {
  readonly #options: RemoteKeysOptions;
  readonly #fetchJson: FetchJson;
  #current: TokenKeys | undefined;
  #known: JSONWebKeySet | undefined;
  #jwksUrl: URL | undefined;
  #problem: string | undefined;
  #fetching: Promise<Renewal> | undefined;
  /** Of the renewal under way. */
  #abort = new AbortController();
  #isClosed = false;
  #failures = 0;
  #cancelNext: () => void = () => undefined;
  #nextAt = 0;
  #permits = renewalBurst;
  #permitsAt: number;
  #onWithdrawal: () => void = () => undefined;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
    this.#fetchJson = options.fetchJson ?? fetchOverHttp;
    this.#permitsAt = options.clock.now();
    void this.#fetch();
  }

  get current(): TokenKeys | undefined {
    return this.#current;
  }

  get state(): TokenKeysState {
    const problem = this.#problem;
    if (this.#current === undefined)
      return { kind: 'no_keys', problem: problem ?? 'the keys are being fetched' };
    return { kind: 'ready', ...(problem !== undefined && { problem }) };
  }

  get retryAfterMs(): number {
    return Math.max(firstRetryMs, this.#nextAt - this.#options.clock.now());
  }

  async settled(): Promise<void> {
    await this.#fetching;
  }

  async renew(than: TokenKeys): Promise<Renewal> {
    if (this.#current !== than) return 'replaced';
    if (this.#fetching !== undefined) return await this.#fetching;
    if (!this.#takePermit()) return this.#problem === undefined ? 'too_soon' : 'failed';
    return await this.#fetch();
  }

  onWithdrawal(listener: () => void): void {
    this.#onWithdrawal = listener;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelNext();
    this.#abort.abort();
  }

  #fetch(): Promise<Renewal> {
    this.#fetching ??= this.#fetchAndKeep().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #fetchAndKeep(): Promise<Renewal> {
    this.#cancelNext();
    const { logger } = this.#options;
    try {
      const renewal = this.#keep(await this.#fetchSet());
      if (this.#problem !== undefined) logger.info({}, 'the keys of tokens can be fetched again');
      this.#problem = undefined;
      this.#failures = 0;
      this.#schedule(refreshMs);
      return renewal;
    } catch (error) {
      if (this.#isClosed) return 'failed';
      const problem = error instanceof Error ? error.message : String(error);
      this.#schedule(Math.min(lastRetryMs, firstRetryMs * 2 ** this.#failures));
      this.#failures += 1;
      // Said when it begins and when it changes, not at every attempt.
      if (problem !== this.#problem) this.#sayProblem(problem);
      this.#problem = problem;
      // The issuer may have moved its keys: it is asked from the start.
      this.#jwksUrl = undefined;
      return 'failed';
    }
  }

  #sayProblem(reason: string): void {
    const { logger } = this.#options;
    const consequence =
      this.#current === undefined
        ? 'the keys of tokens cannot be fetched; calls with a token get 503 until they are'
        : 'the keys of tokens cannot be fetched; those from before stay';
    logger.error({ reason }, consequence);
  }

  async #fetchSet(): Promise<JSONWebKeySet> {
    const abort = new AbortController();
    this.#abort = abort;
    // A signal of AbortSignal.any may be collected before its time-out (Node 20), and then nothing would end.
    const late = (): void => abort.abort(new DOMException('no answer in time', 'TimeoutError'));
    const cancel = this.#options.clock.after(fetchTimeoutMs, late);
    try {
      return await this.#ask(abort.signal);
    } finally {
      cancel();
    }
  }

  async #ask(signal: AbortSignal): Promise<JSONWebKeySet> {
    const { from, allowsHttp } = this.#options;
    const configured = new URL(from.kind === 'url' ? from.url : from.issuer);
    const options: FetchJsonOptions = {
      signal,
      maxBytes,
      check(url) {
        const unsafe = findUnsafeUrl(url, allowsHttp, configured);
        if (unsafe !== undefined) throw new Error(`${url.origin} ${unsafe}`);
      },
    };
    this.#jwksUrl ??=
      from.kind === 'url' ? new URL(from.url) : await findJwksUrl(from.issuer, this.#fetchJson, options);
    return toKeySet(await this.#fetchJson(this.#jwksUrl, options), this.#jwksUrl);
  }

  #keep(set: JSONWebKeySet): Renewal {
    const text = set.keys.map((key) => JSON.stringify(key));
    const before = this.#known?.keys.map((key) => JSON.stringify(key));
    if (
      before !== undefined &&
      text.length === before.length &&
      text.every((key, at) => key === before[at])
    ) {
      return 'same';
    }
    // It takes public keys alone: a secret in a set that anybody can read opens nothing.
    this.#current = { getKey: createLocalJWKSet(set), algorithms: this.#options.algorithms };
    this.#known = set;
    if (before !== undefined) {
      this.#options.logger.info({ keys: text.length }, 'the keys of tokens have changed');
      const kept = new Set(text);
      if (before.some((key) => !kept.has(key))) this.#onWithdrawal();
    }
    return 'replaced';
  }

  #schedule(ms: number): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    this.#nextAt = clock.now() + ms;
    this.#cancelNext = clock.after(ms, () => void this.#fetch());
  }

  #takePermit(): boolean {
    const now = this.#options.clock.now();
    const earned = Math.floor((now - this.#permitsAt) / renewalIntervalMs);
    if (this.#permits + earned >= renewalBurst) {
      this.#permits = renewalBurst;
      this.#permitsAt = now;
    } else {
      this.#permits += earned;
      this.#permitsAt += earned * renewalIntervalMs;
    }
    if (this.#permits === 0) return false;
    this.#permits -= 1;
    return true;
  }
}

/** Keys that verify nothing are left out, as RFC 7517 section 5 asks; a set without any other is no set. */
function toKeySet(value: unknown, url: URL): JSONWebKeySet {
  const keys: unknown =
    typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined;
  if (!Array.isArray(keys)) throw new Error(`${url.href} answers with no set of keys (JWKS)`);
  if (keys.length > maxKeys) throw new Error(`${url.href} answers with more than ${maxKeys} keys`);
  const usable = keys.filter(isPublicKey);
  if (usable.length === 0) throw new Error(`${url.href} answers with no public key that signs`);
  return { keys: usable };
}

function isPublicKey(key: unknown): key is JSONWebKeySet['keys'][number] {
  if (typeof key !== 'object' || key === null || !('kty' in key)) return false;
  const isForSigning = !('use' in key) || key.use === 'sig';
  return isForSigning && typeof key.kty === 'string' && key.kty !== 'oct' && !('d' in key);
}
