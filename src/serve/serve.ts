import type { FastifyBaseLogger } from 'fastify';
import type { AuthorizationRule } from '../authorization/authorization-rule.ts';
import type { ServerSettings } from '../config/server-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { ContractLock } from '../gateway/contract-lock.ts';
import type { ServerStatus } from '../gateway/server-status.ts';
import { UpstreamStartError } from '../errors.ts';
import { trackConnections } from '../http/connections.ts';
import { Fleet } from './fleet.ts';
import type { RateLimit } from '../limits/rate-limit.ts';
import { checkPort, listen } from './listen.ts';
import type { CertificateFiles, LoadedCertificate } from './read-certificate.ts';
import { openServices, startServices, type Services } from './open-services.ts';
import { readLock } from './read-lock.ts';
import type { Seat } from './seat.ts';
import { shutDown } from './shut-down.ts';

/** A gateway that answers requests. */
export interface RunningGateway {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly servers: readonly string[];
  readonly toolCount: number;
  /** Names of tools that the contract leaves out. */
  readonly unserved: readonly string[];
  /** Each server's state. */
  status(): readonly ServerStatus[];
  /**
   * Serves these servers from now on: those that are the same stay as they are, those that differ are swapped once the
   * new one is ready. Calls in flight finish.
   *
   * @throws Error with the `single` layout, for rules where nobody is asked who they are, and for none where what they
   *   forbid is hidden
   */
  reload(servers: readonly ServerSettings[], settings?: ReloadedSettings): Promise<void>;
  /** Replaces the replicas of servers that have several, one at a time; resolves when that is done. */
  restart(): Promise<void>;
  /**
   * Goes unready and serves on for the drain delay, then stops accepting, lets calls in flight finish, ends the
   * servers; false when calls were cut off.
   */
  close(): Promise<boolean>;
  /** Ends the servers, and what they started, at once; calls in flight are cut off. */
  abort(): Promise<void>;
}

/** What a configuration says beside its servers. */
interface ReloadedSettings {
  /** Who may call what; with `none`, whoever may call at all may call everything. @default as before */
  readonly rules?: readonly AuthorizationRule[] | 'none' | undefined;
  /** How often each client may call, of all calls. @default as before */
  readonly rateLimit?: RateLimit | 'none' | undefined;
}

/** What a start needs beside the settings. */
export interface StartOptions {
  readonly logger: FastifyBaseLogger;
  /** Aborted, it ends a start under way. */
  readonly signal?: AbortSignal;
  /** Its place among gateways on the same port. @default it is alone */
  readonly seat?: Seat;
}

/** With several servers, how long the slow ones are waited for before the gateway says that it serves. */
const gatherMs = 5_000;
/** For what is left to be written where the calls took all of the time to shut down. */
const lastWriteMs = 500;

/**
 * Starts the MCP servers and serves their tools over HTTP: what `mcpo-serve` does, as a library.
 *
 * @throws UpstreamStartError when the only server cannot be started, or `signal` was aborted before it was
 * @throws ListenError when the address cannot be bound
 * @throws ContractRefusedError when the tools break the committed contract, and the policy is to refuse
 * @throws UsageError when the committed contract or the certificate cannot be read
 * @example
 * const time = { type: 'stdio', name: 'time', command: 'mcpo-time-server', args: [], env: {} };
 * const gateway = await serve({ ...defaultSettings, servers: [time] }, { logger });
 * console.log(gateway.url);
 * await gateway.close();
 */
export async function serve(settings: Settings, options: StartOptions): Promise<RunningGateway> {
  const lock = await readLock(settings);
  const { tls } = settings;
  const loaded = tls && (await readCertificateOf(tls, options.logger));
  if (options.seat === undefined) await checkPort(settings);
  const services = await openServices(settings, options);
  const fleet = new Fleet(settings, options.logger);
  try {
    const parts: StartParts = { fleet, services, lock, loaded };
    return await withFleet(fleet, options, async () => await startGateway(settings, parts, options));
  } catch (error) {
    await services.close(0);
    throw error;
  }
}

/** Starts the servers and goes on; when that fails, or what follows does, they end. */
export async function withFleet<Value>(
  fleet: Fleet,
  { signal }: StartOptions,
  use: () => Promise<Value>,
): Promise<Value> {
  // Whoever waits for the start is told by its failure.
  const stop = (): void => void fleet.abort();
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    return await use();
  } catch (error) {
    await fleet.abort();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** What was read and opened before anything is started. */
interface StartParts {
  readonly fleet: Fleet;
  readonly services: Services;
  readonly lock: ContractLock | undefined;
  readonly loaded: LoadedCertificate | undefined;
}

async function startGateway(
  settings: Settings,
  { fleet, services, lock, loaded }: StartParts,
  { logger, signal, seat }: StartOptions,
): Promise<RunningGateway> {
  const started = fleet.start();
  // A committed contract decides over all tools at once; else a slow server must not hold up the others.
  const isTogether = settings.layout === 'single' || lock !== undefined;
  // Servers take a while to start: what stands before them is read meanwhile.
  const [{ createFront }] = await Promise.all([
    import('./create-front.ts'),
    isTogether ? started : undefined,
    startServices(services),
  ]);
  const parts = { fleet, services, lock, certificate: loaded?.certificate, seat };
  const { gateway, app } = await createFront(settings, parts, logger);
  const connections = trackConnections(app.server);
  const gather = async (): Promise<void> => {
    if (!isTogether) {
      const gathered = started.then(async () => await gateway.settled());
      await Promise.race([gathered, delay(gatherMs), abortOf(signal)]);
    }
    signal?.throwIfAborted();
  };
  let url: string;
  try {
    if (seat !== undefined) {
      await gather();
      const port = await seat.admit(() => gateway.contract.digest);
      url = await listen(app, { ...settings, port });
    } else url = await listen(app, settings);
    if (seat === undefined) await gather();
  } catch (error) {
    connections.abort();
    await Promise.all([app.close(), gateway.close(0)]);
    throw error;
  }
  const ending = new AbortController();
  if (settings.tls !== undefined && loaded !== undefined) {
    const { followCertificate } = await import('./tls-reload.ts');
    // What goes wrong is logged there; it ends with the gateway.
    void followCertificate(app.server, settings.tls, loaded.digests, { logger, signal: ending.signal });
  }
  const mount = async (): Promise<void> =>
    await gateway.replaceServers(
      fleet.mounted,
      Math.max(settings.callTimeoutMs, settings.maxCallTimeMs ?? 0),
    );
  return {
    url,
    get servers() {
      return fleet.names;
    },
    get toolCount() {
      return gateway.contract.operations.length;
    },
    get unserved() {
      return gateway.contract.unserved.map(({ tool }) => tool);
    },
    status: () => gateway.status(),
    async reload(servers, { rules: wanted, rateLimit } = {}) {
      if (settings.layout === 'single') throw new Error('the only server of a gateway cannot be replaced');
      const { rules, limits } = services;
      if (wanted !== undefined && wanted !== 'none' && rules === undefined)
        throw new Error('there cannot be rules of who may call what where nobody is asked who they are');
      if (wanted === 'none' && settings.hidesForbidden && settings.authorizationFile === undefined)
        throw new Error('without rules nothing would be hidden any more');
      if (wanted !== undefined) rules?.replace(wanted === 'none' ? undefined : wanted);
      if (await limits.replace(rateLimit, servers)) logger.info('other rate limits hold from now on');
      const changes = await fleet.replace(servers, mount);
      logger.info(changes, 'the configuration was loaded again');
    },
    restart: async () => await fleet.restart(),
    close: async () => {
      ending.abort();
      const { drainDelayMs, shutdownTimeoutMs: deadlineMs } = settings;
      const end = performance.now() + drainDelayMs + deadlineMs;
      const [isDrained] = await Promise.all([
        shutDown(app, connections, gateway, { drainDelayMs, deadlineMs }),
        fleet.endPending(),
      ]);
      await services.close(Math.max(lastWriteMs, end - performance.now()));
      return isDrained;
    },
    abort: async () => {
      ending.abort();
      connections.abort();
      await Promise.all([gateway.close(0), fleet.abort(), services.close(0)]);
    },
  };
}

async function readCertificateOf(
  tls: CertificateFiles,
  logger: FastifyBaseLogger,
): Promise<LoadedCertificate> {
  const { readConfiguredCertificate } = await import('./read-certificate.ts');
  return await readConfiguredCertificate(tls, logger);
}

/** Rejects when the signal is aborted. */
async function abortOf(signal: AbortSignal | undefined): Promise<never> {
  return await new Promise((_, reject) => {
    const abort = (): void => reject(new UpstreamStartError('closed while it was connecting', []));
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

async function delay(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
