import type { Contract, ToolSource } from '../contract/contract.ts';
import { warmUp } from '../contract/enforcement/warm-up.ts';
import type { Logger } from '../logger.ts';
import type { Catalog } from '../upstream/upstream.ts';
import {
  holdContract,
  reportDrift,
  toRefusal,
  type ContractLock,
  type Drift,
  type HeldContract,
} from './contract-lock.ts';
import type { MountedServer, MountedServers } from './mounted-server.ts';

/** Holds the contract of the moment and swaps it when a server lists other tools. */
export interface ContractKeeper {
  readonly contract: Contract;
  /** The servers that the contract is for. */
  readonly servers: MountedServers;
  /** What the servers list now, as far as it is served. */
  readonly sources: readonly ToolSource[];
  /** How the live tools differ from a committed contract. */
  readonly drift: Drift | undefined;
  /** Resolves when the contract covers what the servers list at the moment. */
  settled(): Promise<void>;
  /** Holds the contract of other servers; resolves when it is built and swapped, together with them. */
  replaceServers(servers: MountedServers): Promise<void>;
  stop(): void;
}

interface Held extends HeldContract {
  readonly sources: readonly ToolSource[];
}

/** Is told what the servers list, at first and whenever that changes. @param servers all of them, those not connected too */
export type OnTools = (tools: {
  readonly servers: readonly string[];
  readonly sources: readonly ToolSource[];
}) => void;

interface KeeperOptions {
  readonly servers: MountedServers;
  readonly buildContract: (sources: readonly ToolSource[]) => Promise<Contract>;
  readonly lock?: ContractLock;
  readonly onTools?: OnTools | undefined;
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
  const { logger } = options;
  let wanted = options.servers;
  let servers = wanted;
  let built = catalogsOf(servers);
  let held = await build(options, servers, built);
  if (held.drift?.isRefused === true) throw toRefusal(held.drift);
  report(logger, held, undefined);
  const tell = (): void => options.onTools?.({ servers: [...servers.keys()], sources: held.sources });
  tell();
  let warming = startWarmUp(held.contract);
  let isBuilding = false;
  let building = Promise.resolve();
  let isStopped = false;

  /** Never rejects. */
  function rebuild(): Promise<void> {
    if (!isBuilding) {
      isBuilding = true;
      building = rebuildUntilCurrent();
    }
    return building;
  }

  async function rebuildUntilCurrent(): Promise<void> {
    for (
      let [target, catalogs] = [wanted, catalogsOf(wanted)];
      !isStopped && !(target === servers && isSame(catalogs, built));
      [target, catalogs] = [wanted, catalogsOf(wanted)]
    ) {
      built = catalogs;
      const startedAt = performance.now();
      const next = await build(options, target, catalogs).catch((error: unknown) => {
        logger.error({ err: error }, 'the new tool list gives no valid contract; the previous one stays');
      });
      servers = target;
      if (next === undefined) continue;
      const previous = held;
      held = next;
      report(logger, next, previous);
      tell();
      if (next.contract === previous.contract) continue;
      warming.abort();
      warming = startWarmUp(next.contract);
      // While many servers connect, one by one, half of the time is for whatever else there is to do.
      await pause(Math.min(maxPauseMs, performance.now() - startedAt));
    }
    // At once with the last look, lest a change come in between.
    isBuilding = false;
  }

  const listen = (to: MountedServers): (() => void)[] =>
    [...to.values()].map(({ upstream }) => upstream.onChange(() => void rebuild()));
  let stops = listen(servers);
  // A change between the first look and the subscription must not be lost.
  void rebuild();
  return {
    get contract() {
      return held.contract;
    },
    get servers() {
      return servers;
    },
    get sources() {
      return held.sources;
    },
    get drift() {
      return held.drift;
    },
    settled: rebuild,
    async replaceServers(next) {
      wanted = next;
      for (const stop of stops) stop();
      stops = listen(next);
      await rebuild();
    },
    stop() {
      isStopped = true;
      warming.abort();
      for (const stop of stops) stop();
    },
  };
}

/** Between two builds, however long one takes. */
const maxPauseMs = 1_000;

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function startWarmUp(contract: Contract): AbortController {
  const controller = new AbortController();
  // It never rejects, and what it has not reached is compiled on first use.
  void warmUp(contract, controller.signal);
  return controller;
}

type Catalogs = ReadonlyMap<string, Catalog>;

function catalogsOf(servers: MountedServers): Catalogs {
  const catalogs = new Map<string, Catalog>();
  for (const [name, { upstream }] of servers) {
    if (upstream.catalog !== undefined) catalogs.set(name, upstream.catalog);
  }
  return catalogs;
}

// Catalogs are replaced whole, so identity tells.
function isSame(left: Catalogs, right: Catalogs): boolean {
  return left.size === right.size && [...left].every(([server, catalog]) => right.get(server) === catalog);
}

async function build(
  { buildContract, lock }: KeeperOptions,
  servers: MountedServers,
  catalogs: Catalogs,
): Promise<Held> {
  const sources = [...catalogs].map(([server, catalog]) => ({
    server,
    ...catalog,
    tools: servedTools(catalog.tools, servers.get(server)?.isServed),
  }));
  return { sources, ...(await holdContract(await buildContract(sources), lock)) };
}

function report(logger: Logger, next: Held, previous: Held | undefined): void {
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

function servedTools(tools: Catalog['tools'], isServed: MountedServer['isServed']): Catalog['tools'] {
  return isServed === undefined ? tools : tools.filter(({ name }) => isServed(name));
}
