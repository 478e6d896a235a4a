import type { Contract, ToolSource } from '../contract/contract.ts';
import type { Logger } from '../logger.ts';
import type { Catalog, Upstream } from '../upstream/upstream.ts';

/** Holds the contract of the moment and swaps it when a server lists other tools. */
export interface ContractKeeper {
  readonly current: Contract;
  stop(): void;
}

interface KeeperOptions {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly buildContract: (sources: readonly ToolSource[]) => Promise<Contract>;
  readonly logger: Logger;
}

/**
 * Builds the first contract and keeps it true to what the servers list.
 *
 * One build runs at a time; changes that arrive meanwhile are covered by one more. A build that fails leaves the
 * contract as it is. Calls in flight hold the contract that matched them, so a swap never touches them.
 */
export async function createContractKeeper(options: KeeperOptions): Promise<ContractKeeper> {
  const { upstreams, logger } = options;
  let built = catalogsOf(upstreams);
  let current = await build(options, built);
  reportUnserved(logger, current, undefined);
  let isBuilding = false;
  let isStopped = false;

  async function rebuild(): Promise<void> {
    if (isBuilding) return;
    isBuilding = true;
    try {
      for (
        let catalogs = catalogsOf(upstreams);
        !isStopped && !isSame(catalogs, built);
        catalogs = catalogsOf(upstreams)
      ) {
        built = catalogs;
        const next = await build(options, catalogs);
        if (next.digest === current.digest) continue;
        const previous = current;
        current = next;
        logger.info({ tools: next.operations.length, digest: next.digest }, 'contract changed');
        reportUnserved(logger, next, previous);
      }
    } catch (error) {
      logger.error({ err: error }, 'the new tool list gives no valid contract; the previous one stays');
    } finally {
      isBuilding = false;
    }
  }

  // rebuild() handles its own failures.
  const stops = [...upstreams.values()].map((upstream) => upstream.onChange(() => void rebuild()));
  // A change between the first look and the subscription must not be lost.
  await rebuild();
  return {
    get current() {
      return current;
    },
    stop() {
      isStopped = true;
      for (const stop of stops) stop();
    },
  };
}

type Catalogs = ReadonlyMap<string, Catalog>;

function catalogsOf(upstreams: ReadonlyMap<string, Upstream>): Catalogs {
  const catalogs = new Map<string, Catalog>();
  for (const [server, { catalog }] of upstreams) if (catalog !== undefined) catalogs.set(server, catalog);
  return catalogs;
}

// Catalogs are replaced whole, so identity tells.
function isSame(left: Catalogs, right: Catalogs): boolean {
  return left.size === right.size && [...left].every(([server, catalog]) => right.get(server) === catalog);
}

async function build({ buildContract }: KeeperOptions, catalogs: Catalogs): Promise<Contract> {
  return await buildContract([...catalogs].map(([server, catalog]) => ({ server, ...catalog })));
}

function reportUnserved(logger: Logger, contract: Contract, previous: Contract | undefined): void {
  const known = new Set(
    previous?.unserved.map(({ server, tool, reason }) => `${server}\0${tool}\0${reason}`),
  );
  for (const { server, tool, pointer, reason } of contract.unserved) {
    if (known.has(`${server}\0${tool}\0${reason}`)) continue;
    logger.warn({ ...(server !== '' && { server }), tool, pointer, reason }, 'tool left out of the contract');
  }
}
