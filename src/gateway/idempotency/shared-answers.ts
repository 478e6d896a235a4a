import { randomUUID } from 'node:crypto';
import type { RedisLike } from '../../redis/redis-link.ts';
import { delay, type Clock } from '../../upstream/clock.ts';
import { claimScript, releaseScript, renewScript, settleScript } from './shared-scripts.ts';
import { fromStored, toStored, type AnswerOf } from './stored-answer.ts';
import { UnsavedAnswers } from './unsaved-answers.ts';

export interface SharedAnswersOptions {
  readonly redis: RedisLike;
  /** How long an answer is kept. */
  readonly ttlMs: number;
  readonly clock: Clock;
  /** How long a call counts as under way after its gateway was last heard of. @default 10 s */
  readonly leaseMs?: number;
  /** Of one answer. @default 1 MiB */
  readonly maxAnswerBytes?: number;
}

/** A call under a key, in whichever gateway. */
export interface SharedCall<Report extends AnswerOf> {
  /** A digest. */
  readonly key: string;
  /** Equal for requests that are the same. */
  readonly fingerprint: string;
  /** A call that may have been made can be made again. */
  readonly isRepeatable: boolean;
  readonly make: () => Promise<Report>;
  /** Whether the answer is to one that was certainly never sent. */
  readonly isFree: (report: Report) => boolean;
}

/** What comes of it. */
export type SharedAsked<Report> =
  | { readonly kind: 'first'; readonly report: Report }
  | { readonly kind: 'repeated'; readonly report: AnswerOf }
  | { readonly kind: 'other_request' }
  /** It was answered, but the answer was too large to be kept. */
  | { readonly kind: 'let_go' }
  /** Its gateway ended before it was answered. */
  | { readonly kind: 'unknown' }
  /** Redis is away, and to be waited for; nothing was sent. */
  | { readonly kind: 'unavailable' };

/** Knows the calls under keys of other gateways too. */
export interface AnswerSharing {
  /** Calls, unless the key was used before; waits while another gateway does. Rejects only as `make` does. */
  ask<Report extends AnswerOf>(call: SharedCall<Report>): Promise<SharedAsked<Report>>;
}

const defaultLeaseMs = 10_000;
const defaultMaxAnswerBytes = 1024 * 1024;
/** Between two looks at a call of another gateway. */
const firstLookMs = 10;
const maxLookMs = 250;

/**
 * One call for each key among gateways that share a Redis.
 *
 * Whoever claims a key first calls, and renews the claim as long as the call takes; the others look until there is an
 * answer. A claim that is renewed no longer is that of a gateway that has died: its call may have been made, so it is
 * made again only where that does no harm.
 */
export class SharedAnswers implements AnswerSharing {
  readonly #options: SharedAnswersOptions;
  readonly #leaseMs: number;
  readonly #maxAnswerBytes: number;
  readonly #unsaved: UnsavedAnswers;

  constructor(options: SharedAnswersOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? defaultLeaseMs;
    this.#maxAnswerBytes = options.maxAnswerBytes ?? defaultMaxAnswerBytes;
    this.#unsaved = new UnsavedAnswers(options.redis, settleScript);
  }

  async ask<Report extends AnswerOf>(call: SharedCall<Report>): Promise<SharedAsked<Report>> {
    const { clock, redis } = this.#options;
    const owner = randomUUID();
    let lookMs = firstLookMs;
    let awaySince: number | undefined;
    let isRunningElsewhere = false;
    for (;;) {
      const claim = await this.#claim(call, owner);
      switch (claim.kind) {
        case 'first':
          return await this.#make(call, owner);
        case 'running':
          isRunningElsewhere = true;
          awaySince = undefined;
          break;
        case 'away':
          if (!isRunningElsewhere || call.isRepeatable) {
            if (redis.fail === 'open') return await this.#make(call, owner);
            if (!isRunningElsewhere) {
              // Should the claim have arrived all the same, its release follows it on the same connection.
              this.#unsaved.release(releaseScript, keyOf(call), owner);
              return { kind: 'unavailable' };
            }
          }
          awaySince ??= clock.now();
          if (clock.now() - awaySince > this.#leaseMs) return { kind: 'unknown' };
          break;
        default:
          return claim;
      }
      await delay(clock, lookMs);
      lookMs = Math.min(2 * lookMs, maxLookMs);
    }
  }

  async #claim(
    {
      fingerprint,
      isRepeatable,
      ...call
    }: Pick<SharedCall<AnswerOf>, 'key' | 'fingerprint' | 'isRepeatable'>,
    owner: string,
  ): Promise<Claim> {
    const { redis, ttlMs } = this.#options;
    const args = [fingerprint, owner, this.#leaseMs, ttlMs, isRepeatable ? 1 : 0];
    const reply = await redis.run(claimScript, keyOf(call), args);
    return reply.kind === 'away' ? reply : toClaim(reply.value);
  }

  async #make<Report extends AnswerOf>(
    call: SharedCall<Report>,
    owner: string,
  ): Promise<SharedAsked<Report>> {
    const { redis, ttlMs } = this.#options;
    const key = keyOf(call);
    const stopRenewing = this.#renew(call, owner);
    try {
      const report = await call.make();
      if (call.isFree(report)) {
        const released = await redis.run(releaseScript, key, [owner]);
        if (released.kind === 'away') this.#unsaved.release(releaseScript, key, owner);
        return { kind: 'first', report };
      }
      const { meta, body } = toStored(report);
      const isKept = body.length + meta.length <= this.#maxAnswerBytes;
      const said = isKept ? ['answered', meta, body] : ['let_go', '', ''];
      const args = [call.fingerprint, owner, ttlMs, ...said];
      const settled = await redis.run(settleScript, key, args);
      if (settled.kind === 'away') this.#unsaved.add(key, args);
      return { kind: 'first', report };
    } finally {
      stopRenewing();
    }
  }

  #renew({ fingerprint, key }: Pick<SharedCall<AnswerOf>, 'key' | 'fingerprint'>, owner: string): () => void {
    const { redis, ttlMs, clock } = this.#options;
    let isOver = false;
    let cancel: () => void;
    const plan = (): void => {
      cancel = clock.after(this.#leaseMs / 4, () => {
        void redis
          .run(renewScript, keyOf({ key }), [fingerprint, owner, this.#leaseMs, ttlMs])
          .then(() => (isOver ? undefined : plan()));
      });
    };
    plan();
    return () => {
      isOver = true;
      cancel();
    };
  }
}

type Claim = { readonly kind: 'away' | 'running' | 'first' } | Exclude<SharedAsked<never>, { kind: 'first' }>;

function keyOf({ key }: { readonly key: string }): string {
  return `key:${key}`;
}

/** What cannot be read was written by something else: as good as an answer that is gone. */
function toClaim(reply: unknown): Claim {
  // The script returns a list of texts, which come as bytes.
  const [kind, meta, body] = reply as readonly (Buffer | null | undefined)[];
  const state = String(kind);
  switch (state) {
    case 'first':
    case 'running':
    case 'other_request':
    case 'unknown':
      return { kind: state };
    case 'answered': {
      const report = meta && body ? fromStored({ meta: meta.toString('utf8'), body }) : undefined;
      return report === undefined ? { kind: 'let_go' } : { kind: 'repeated', report };
    }
    default:
      return { kind: 'let_go' };
  }
}
