import type { Logger } from '../../logger.ts';

/** Who wants to know of changes. */
export class Listeners {
  readonly #logger: Logger;
  readonly #listeners = new Set<() => void>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Returns the way to stop listening. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when a notification finds the condition true. */
  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.add(() => {
        if (!isTrue()) return;
        stop();
        resolve();
      });
    });
  }

  /** Tells all of them; one that throws keeps it from none. */
  notify(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#logger.error({ err: error }, 'a listener threw');
      }
    }
  }
}
