import type { CountCall, Standing } from '../../limits/rate-counter.ts';
import type { CountedCall } from './wire-words.ts';

/** Counts calls for all workers. What counting needs is loaded with the first. */
export class JointCounts {
  #counter: Promise<CountCall> | undefined;

  async count({ key, quota }: CountedCall): Promise<Standing | undefined> {
    this.#counter ??= import('../../limits/rate-counter.ts').then(
      async ({ createCounter }) => await createCounter(),
    );
    return await (
      await this.#counter
    )(key, quota);
  }
}
