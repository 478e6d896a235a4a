import type { Clock } from '../../upstream/clock.ts';
import { AnswerStore } from './answer-store.ts';
import type { StoredAnswer } from './stored-answer.ts';

/** What a process asks before it calls under a key. */
export interface KeyClaim {
  /** The process' own number of the claim. */
  readonly id: number;
  /** A digest. */
  readonly key: string;
  /** Equal for requests that are the same. */
  readonly fingerprint: string;
  /** A call that may have been made can be made again. */
  readonly isRepeatable: boolean;
}

/** How a call under a key ended. */
export type KeyOutcome =
  | { readonly kind: 'answered'; readonly stored: StoredAnswer }
  /** It was answered, but the answer is too large to be kept. */
  | { readonly kind: 'let_go' }
  /** It may have been made, and nobody knows its answer. */
  | { readonly kind: 'unknown' }
  /** Nothing was sent, or what was sent does no harm: the next one may call. */
  | { readonly kind: 'open' };

/** What a process is told. */
export type ClaimReply =
  /** It calls, and settles the claim. */
  | { readonly kind: 'first' }
  | Exclude<KeyOutcome, { readonly kind: 'open' }>
  | { readonly kind: 'other_request' }
  /** Too many calls with keys are in flight. */
  | { readonly kind: 'full' };

/** A process that shares the answers. */
export interface JointMember {
  /** Resolves at once, or when the call of another process under the same key is settled. Never rejects. */
  claim(claim: KeyClaim): Promise<ClaimReply>;
  /** Ends a claim, whether it was the first or still waits; one that is not known is passed over. */
  settle(id: number, outcome: KeyOutcome): void;
  /** The process is gone: what it called for nobody knows the answer of. */
  leave(): void;
}

interface OpenClaim {
  readonly isRepeatable: boolean;
  settle?: (outcome: KeyOutcome) => void;
}

/** The memory of one claim, beside an answer. */
const entryBytes = 512;

/**
 * One call for each key among processes that ask the one which holds this: `keyed-calls.ts` with the callers elsewhere.
 *
 * Whoever claims a key first calls; the others are told what came of it. A call whose process died may have been made,
 * so it is made again only where that does no harm.
 */
export class JointAnswers {
  readonly #store: AnswerStore<KeyOutcome>;

  /** @param ttlMs how long an answer is kept */
  constructor(ttlMs: number, clock: Clock) {
    this.#store = new AnswerStore<KeyOutcome>({ ttlMs, clock, sizeOf, toKept });
  }

  join(): JointMember {
    /** Undefined: it waits for the call of another. */
    const claims = new Map<number, OpenClaim | undefined>();
    let isGone = false;
    return {
      claim: async (claim) => await this.#claim(claim, claims, () => isGone),
      settle(id, outcome) {
        const settled = claims.get(id);
        claims.delete(id);
        settled?.settle?.(outcome);
      },
      leave() {
        isGone = true;
        for (const claim of claims.values())
          claim?.settle?.({ kind: claim.isRepeatable ? 'open' : 'unknown' });
        claims.clear();
      },
    };
  }

  async #claim(
    { id, key, fingerprint, isRepeatable }: KeyClaim,
    claims: Map<number, OpenClaim | undefined>,
    isGone: () => boolean,
  ): Promise<ClaimReply> {
    claims.set(id, undefined);
    // Each round waits for a call that ends by its deadline, or with its process.
    while (!isGone() && claims.has(id)) {
      const open: OpenClaim = { isRepeatable };
      const outcome = new Promise<KeyOutcome>((resolve) => (open.settle = resolve));
      const asked = this.#store.ask(key, fingerprint, async () => await outcome);
      if (asked.kind === 'first') {
        claims.set(id, open);
        return { kind: 'first' };
      }
      if (asked.kind !== 'repeated') {
        claims.delete(id);
        return { kind: asked.kind };
      }
      const came = await asked.answer;
      if (came.kind === 'open') continue;
      claims.delete(id);
      return came;
    }
    return { kind: 'unknown' };
  }
}

/** Undefined for one after which the same key may call again. */
function sizeOf(outcome: KeyOutcome): number | undefined {
  switch (outcome.kind) {
    case 'open':
      return undefined;
    case 'answered':
      // Strings may take two bytes a character.
      return entryBytes + outcome.stored.body.length + 2 * outcome.stored.meta.length;
    case 'let_go':
    case 'unknown':
      return entryBytes;
  }
}

/** A body may be a view of a far larger piece of memory, which it would keep alive. */
function toKept(outcome: KeyOutcome): KeyOutcome {
  if (outcome.kind !== 'answered') return outcome;
  const { meta, body } = outcome.stored;
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return { kind: 'answered', stored: { meta, body: own } };
}
