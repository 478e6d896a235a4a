import type { Contract, ToolSource } from '../contract/contract.ts';
import { warmUp } from '../contract/enforcement/warm-up.ts';
import type { Logger } from '../logger.ts';
import type { Catalog, Upstream } from '../upstream/upstream.ts';
import {
  holdContract,
  reportDrift,
  toRefusal,
  type ContractLock,
  type Drift,
  type HeldContract,
} from './contract-lock.ts';

/** Holds the contract of the moment and swaps it when a server lists other tools. */
export interface ContractKeeper {
  readonly current: Contract;
  /** How the live tools differ from a committed contract. */
  readonly drift: Drift | undefined;
  stop(): void;
}

interface KeeperOptions {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly buildContract: (sources: readonly ToolSource[]) => Promise<Contract>;
  readonly lock?: ContractLock;
  readonly logger: Logger;
}

/**
 * Builds the first contract and keeps it true to what the servers list.
 *
 * One build runs at a time; changes that arrive meanwhile are covered by one more. A build that fails leaves the
 * contract as it is. Calls in flight hold the contract that matched them, so a swap never touches them.
 *
 * @throws ContractRefusedError when the first tools break a committed contract that must be kept
 */
export async function createContractKeeper(options: KeeperOptions): Promise<ContractKeeper> {
  const { upstreams, logger } = options;
  let built = catalogsOf(upstreams);
  let held = await build(options, built);
  if (held.drift?.isRefused === true) throw toRefusal(held.drift);
  report(logger, held, undefined);
  let warming = startWarmUp(held.contract);
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
        const previous = held;
        held = next;
        report(logger, next, previous);
        if (next.contract === previous.contract) continue;
        warming.abort();
        warming = startWarmUp(next.contract);
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
      return held.contract;
    },
    get drift() {
      return held.drift;
    },
    stop() {
      isStopped = true;
      warming.abort();
      for (const stop of stops) stop();
    },
  };
}

function startWarmUp(contract: Contract): AbortController {
  const controller = new AbortController();
  // It never rejects, and what it has not reached is compiled on first use.
  void warmUp(contract, controller.signal);
  return controller;
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

async function build({ buildContract, lock }: KeeperOptions, catalogs: Catalogs): Promise<HeldContract> {
  const sources = [...catalogs].map(([server, catalog]) => ({ server, ...catalog }));
  return holdContract(await buildContract(sources), lock);
}

function report(logger: Logger, next: HeldContract, previous: HeldContract | undefined): void {
  const { contract, drift } = next;
  if (previous !== undefined && contract.digest !== previous.contract.digest) {
    logger.info({ tools: contract.operations.length, digest: contract.digest }, 'contract changed');
  }
  if (contract.digest !== previous?.contract.digest) reportUnserved(logger, contract, previous?.contract);
  if (drift !== undefined && drift.liveDigest !== previous?.drift?.liveDigest) reportDrift(logger, drift);
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
