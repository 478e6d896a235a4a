import { delay, type Clock } from './clock.ts';
import type { Logger } from '../logger.ts';
import type { Catalog } from './upstream.ts';

export interface CatalogKeeperOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks the server; its deadline is its own. */
  readonly list: () => Promise<Catalog>;
  readonly onCatalog: () => void;
}

/** Between two listings, so that a server which announces changes without end is not asked without end. */
const PAUSE_MS = 200;
/** A listing not older than this is fresh for whoever asks for one. */
const FRESH_MS = 1000;

/** Keeps a session's catalog: lists again on request and on notifications/tools/list_changed, one listing at a time. */
export class CatalogKeeper {
  readonly #options: CatalogKeeperOptions;
  readonly #closed = new AbortController();
  #catalog: Catalog;
  #listing: Promise<void> | undefined;
  #isChanged = false;
  #listedAt: number;

  constructor(first: Catalog, options: CatalogKeeperOptions) {
    this.#catalog = first;
    this.#options = options;
    this.#listedAt = options.clock.now();
  }

  get catalog(): Catalog {
    return this.#catalog;
  }

  /** Joins the listing under way, if any; does nothing when the last one has just ended. */
  refresh(): Promise<void> {
    if (this.#listing !== undefined) return this.#listing;
    if (this.#options.clock.now() - this.#listedAt < FRESH_MS) return Promise.resolve();
    return this.#start();
  }

  /** The server says that its tools changed: a listing under way may have missed it. */
  changed(): void {
    this.#isChanged = true;
    if (this.#listing === undefined) void this.#start();
  }

  close(): void {
    this.#closed.abort();
  }

  #start(): Promise<void> {
    this.#listing = this.#listUntilUnchanged().finally(() => {
      this.#listing = undefined;
    });
    return this.#listing;
  }

  async #listUntilUnchanged(): Promise<void> {
    const { clock, logger, list, onCatalog } = this.#options;
    for (;;) {
      this.#isChanged = false;
      try {
        const catalog = await list();
        if (this.#closed.signal.aborted) return;
        this.#catalog = catalog;
        this.#listedAt = clock.now();
        onCatalog();
      } catch (error) {
        if (this.#closed.signal.aborted) return;
        logger.warn({ err: error }, 'the tools could not be listed again; those known are kept');
      }
      if (!this.#isChanged) return;
      await delay(clock, PAUSE_MS, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
    }
  }
}
