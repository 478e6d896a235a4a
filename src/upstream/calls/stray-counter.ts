import type { Clock } from '../clock.ts';
import type { Logger } from '../../logger.ts';
import { LogGate } from '../log-gate.ts';

/** Answers that no call waited for. */
export interface StrayAnswers {
  /** The call had timed out or was cancelled. */
  readonly late: number;
  /** The call had been answered. */
  readonly duplicate: number;
  /** There was no such call. */
  readonly unknown: number;
}

/** Given-up ids remembered to tell a late answer from a duplicate one. */
const MAX_GIVEN_UP = 4096;

/** Counts, and tells of, answers that no call waited for. */
export class StrayCounter {
  readonly #logger: Logger;
  readonly #gate: LogGate;
  readonly #counts = { late: 0, duplicate: 0, unknown: 0 };
  readonly #givenUp = new Set<number>();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#logger = logger;
    this.#gate = new LogGate(clock);
  }

  get counts(): StrayAnswers {
    return this.#counts;
  }

  /** Nobody waits for the answer to `id` any more; it may come all the same. */
  expect(id: number): void {
    this.#givenUp.add(id);
    if (this.#givenUp.size <= MAX_GIVEN_UP) return;
    const [oldest] = this.#givenUp;
    if (oldest !== undefined) this.#givenUp.delete(oldest);
  }

  /** @param isOurs a call with this id has been sent */
  count(id: number | undefined, isOurs: boolean): void {
    const kind = id === undefined || !isOurs ? 'unknown' : this.#givenUp.delete(id) ? 'late' : 'duplicate';
    this.#counts[kind] += 1;
    this.#gate.pass((suppressed) => {
      this.#logger.warn({ id, kind, suppressed }, 'the server sent an answer that no call waits for');
    });
  }

  /** No more answers come. */
  clear(): void {
    this.#givenUp.clear();
  }
}
