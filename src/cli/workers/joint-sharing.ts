import type { AnswerSharing, SharedAsked, SharedCall } from '../../gateway/idempotency/shared-answers.ts';
import type { ClaimReply, KeyClaim, KeyOutcome } from '../../gateway/idempotency/joint-answers.ts';
import { fromStored, toStored, type AnswerOf } from '../../gateway/idempotency/stored-answer.ts';
import type { PrimaryLine } from './primary-line.ts';

/** A settled claim is told to others after this, whether it was heard or not. */
const settleMs = 2_000;
/** As much as the primary keeps of one answer, what is said of it included. */
const maxAnswerBytes = 3 * 1024 * 1024;

/** One call for each key among workers: their primary keeps the answers. */
export class JointSharing implements AnswerSharing {
  readonly #line: PrimaryLine;
  readonly #maxWaitMs: number;
  #lastId = 0;

  /** @param maxWaitMs longer than any call takes */
  constructor(line: PrimaryLine, maxWaitMs: number) {
    this.#line = line;
    this.#maxWaitMs = maxWaitMs;
  }

  async ask<Report extends AnswerOf>(call: SharedCall<Report>): Promise<SharedAsked<Report>> {
    const { key, fingerprint, isRepeatable } = call;
    this.#lastId += 1;
    const claim: KeyClaim = { id: this.#lastId, key, fingerprint, isRepeatable };
    let reply: ClaimReply;
    try {
      // The primary runs the same version of this program.
      reply = (await this.#line.ask('claim', claim, this.#maxWaitMs)) as ClaimReply;
    } catch {
      // Should it have been granted all the same, nothing was sent.
      await this.#settle(claim.id, { kind: 'open' });
      return { kind: 'unavailable' };
    }
    switch (reply.kind) {
      case 'first':
        return { kind: 'first', report: await this.#make(claim, call) };
      case 'answered': {
        const report = fromStored(reply.stored);
        return report === undefined ? { kind: 'let_go' } : { kind: 'repeated', report };
      }
      case 'full':
        return { kind: 'unavailable' };
      case 'other_request':
      case 'let_go':
      case 'unknown':
        return reply;
    }
  }

  async #make<Report extends AnswerOf>(
    { id, isRepeatable }: KeyClaim,
    { make, isFree }: SharedCall<Report>,
  ): Promise<Report> {
    let outcome: KeyOutcome = { kind: isRepeatable ? 'open' : 'unknown' };
    try {
      const report = await make();
      outcome = isFree(report) ? { kind: 'open' } : toOutcome(report);
      return report;
    } finally {
      // Before its caller hears of it: this worker may end right after.
      await this.#settle(id, outcome);
    }
  }

  async #settle(id: number, outcome: KeyOutcome): Promise<void> {
    // A primary that is gone shares nothing any more, and this worker ends with it.
    await this.#line.ask('settle', { id, outcome }, settleMs).catch(() => undefined);
  }
}

function toOutcome(report: AnswerOf): KeyOutcome {
  const stored = toStored(report);
  return stored.body.length + stored.meta.length > maxAnswerBytes
    ? { kind: 'let_go' }
    : { kind: 'answered', stored };
}
