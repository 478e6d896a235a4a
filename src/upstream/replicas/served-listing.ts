import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../logger.ts';
import type { Catalog } from '../upstream.ts';
import { compareListings } from './compare-listings.ts';
import type { Replica } from './replica.ts';

/** What a set of replicas lists: the same as the first that is ready. */
export class ServedListing {
  readonly #logger: Logger;
  /** Those that are ready, oldest first. */
  readonly #ready: () => readonly Replica[];
  #catalog: Catalog | undefined;

  constructor(logger: Logger, ready: () => readonly Replica[]) {
    this.#logger = logger;
    this.#ready = ready;
  }

  /** Kept while none is ready; another object only when it says something else. */
  get catalog(): Catalog | undefined {
    return this.#catalog;
  }

  /** Which of them are ready may have changed. */
  update(): void {
    const catalog = this.#ready()[0]?.upstream.catalog;
    if (catalog !== undefined && !isDeepStrictEqual(catalog, this.#catalog)) this.#catalog = catalog;
  }

  /** A replica may have listed its tools again. */
  onListing(replica: Replica): void {
    const { catalog } = replica.upstream;
    const previous = replica.seenCatalog;
    if (catalog === undefined || catalog === previous) return;
    replica.seenCatalog = catalog;
    const isChange = previous !== undefined && compareListings(catalog, previous) !== undefined;
    // The others may have missed it, or have no way to tell.
    if (isChange) void this.#refreshOthers(catalog);
    else this.#reportDifferences();
  }

  /** Never rejects, as `refresh` does not. */
  async #refreshOthers(catalog: Catalog): Promise<void> {
    const others = this.#ready().filter(({ upstream }) => differs(upstream.catalog, catalog));
    await Promise.all(others.map(async ({ upstream }) => await upstream.refresh()));
    this.#reportDifferences();
  }

  #reportDifferences(): void {
    const served = this.#catalog;
    for (const replica of this.#ready()) {
      const { catalog } = replica.upstream;
      if (served === undefined || catalog === undefined || catalog === replica.reportedCatalog) continue;
      const difference = compareListings(catalog, served);
      if (difference === undefined) continue;
      replica.reportedCatalog = catalog;
      this.#logger.warn(
        { replica: replica.number, ...difference },
        'a replica lists other tools than the first, whose tools are served',
      );
    }
  }
}

function differs(listed: Catalog | undefined, expected: Catalog): boolean {
  return listed !== undefined && compareListings(listed, expected) !== undefined;
}
