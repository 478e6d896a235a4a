import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { readContractFile } from './config/contract-file.ts';
import type { ContractSettings, Settings } from './config/settings.ts';
import { buildContract } from './contract/build-contract.ts';
import type { Operation } from './contract/contract.ts';
import { toDocumentForm } from './contract/forms/document-form.ts';
import { toYaml } from './contract/yaml.ts';
import { ListenError } from './errors.ts';
import type { ContractLock } from './gateway/contract-lock.ts';
import { Gateway } from './gateway/gateway.ts';
import { trackConnections, type Connections } from './http/connections.ts';
import { createHttpServer } from './http/server.ts';
import { packageVersion } from './package.ts';
import { createStdioUpstream, type StdioUpstream } from './upstream/stdio-upstream.ts';
import type { Upstream } from './upstream/upstream.ts';

/** A gateway that answers requests. */
export interface RunningGateway {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly servers: readonly string[];
  readonly toolCount: number;
  /** Names of tools that the contract leaves out. */
  readonly unserved: readonly string[];
  /** Stops accepting, lets calls in flight finish, ends the servers; false when calls were cut off. */
  close(): Promise<boolean>;
  /** Ends the servers, and what they started, at once; calls in flight are cut off. */
  abort(): Promise<void>;
}

interface StartOptions {
  readonly logger: FastifyBaseLogger;
  /** Aborted, it ends a start under way. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the MCP servers and serves their tools over HTTP: what `mcpo-serve` does, as a library.
 *
 * @throws UpstreamStartError when a server cannot be started, or `signal` was aborted before it was
 * @throws ListenError when the address cannot be bound
 * @throws ContractRefusedError when the tools break the committed contract, and the policy is to refuse
 * @throws UsageError when the committed contract cannot be read
 * @example
 * const gateway = await serve({ ...defaultSettings, servers: [{ name: 'time', command: 'mcpo-time-server', args: [], env: {} }] }, { logger });
 * console.log(gateway.url);
 * await gateway.close();
 */
export async function serve(settings: Settings, options: StartOptions): Promise<RunningGateway> {
  const lock = settings.contract && readLock(settings.contract, settings);
  await checkPort(settings);
  return await withUpstreams(
    settings,
    options,
    async (upstreams) => await startGateway(settings, upstreams, lock, options.logger),
  );
}

/**
 * Starts the MCP servers, reads the document that would be served, and ends them.
 *
 * @param format of the text that is returned
 * @throws as {@link serve} does, but for the address
 */
export async function readDocument(
  settings: Settings,
  format: 'json' | 'yaml',
  options: StartOptions,
): Promise<string> {
  const lock = settings.contract && readLock(settings.contract, settings);
  return await withUpstreams(settings, options, async (upstreams) => {
    const gateway = await createGateway(settings, upstreams, lock, options.logger);
    const { json, document } = toDocumentForm(gateway.contract, settings);
    await gateway.close(settings.shutdownTimeoutMs);
    return format === 'json' ? json : toYaml(document);
  });
}

/** Starts the servers and hands them over; when that fails, or what follows does, they end. */
async function withUpstreams<Value>(
  settings: Settings,
  { logger, signal }: StartOptions,
  use: (upstreams: ReadonlyMap<string, Upstream>) => Promise<Value>,
): Promise<Value> {
  const upstreams = createUpstreams(settings, logger);
  const closeAll = async (): Promise<void> =>
    void (await Promise.all([...upstreams.values()].map(async (upstream) => await upstream.close(0))));
  // Whoever waits for the start is told by its failure.
  const stop = (): void => void closeAll();
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    await Promise.all([...upstreams.values()].map(async (upstream) => await upstream.start()));
    return await use(upstreams);
  } catch (error) {
    await closeAll();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function startGateway(
  settings: Settings,
  upstreams: ReadonlyMap<string, Upstream>,
  lock: ContractLock | undefined,
  logger: FastifyBaseLogger,
): Promise<RunningGateway> {
  const gateway = await createGateway(settings, upstreams, lock, logger);
  const app = await createHttpServer({
    gateway,
    serverName: ({ server }: Operation) => upstreams.get(server)?.name ?? server,
    ...(settings.apiKey !== undefined && { apiKey: settings.apiKey }),
    strictAuth: settings.strictAuth,
    documentForm: settings,
    maxBodyBytes: settings.maxBodyBytes,
    requestTimeoutMs: settings.requestTimeoutMs,
    logger,
  });
  const connections = trackConnections(app.server);
  await app.listen({ host: settings.host, port: settings.port }).catch((error: NodeJS.ErrnoException) => {
    throw toListenError(error, settings.host, settings.port);
  });
  return {
    url: urlOf(app),
    servers: settings.servers.map(({ name }) => name),
    toolCount: gateway.contract.operations.length,
    unserved: gateway.contract.unserved.map(({ tool }) => tool),
    close: async () => await shutDown(app, connections, gateway, settings.shutdownTimeoutMs),
    abort: async () => {
      app.server.closeAllConnections();
      await gateway.close(0);
    },
  };
}

async function createGateway(
  settings: Settings,
  upstreams: ReadonlyMap<string, Upstream>,
  lock: ContractLock | undefined,
  logger: FastifyBaseLogger,
): Promise<Gateway> {
  const { callTimeoutMs, toolErrorStatus, validateResponses } = settings;
  return await Gateway.create({
    upstreams,
    buildContract: async (sources) =>
      await buildContract({
        sources,
        info: settings.info,
        security: settings.apiKey === undefined ? 'none' : 'api-key',
        toolErrorStatus,
        formats: settings.formats,
      }),
    ...(lock !== undefined && { lock }),
    callTimeoutMs,
    toolErrorStatus,
    validateResponses,
    logger,
  });
}

function readLock({ path, policy }: ContractSettings, { formats }: Settings): ContractLock {
  return { contract: readContractFile(path, { formats }), policy, formats };
}

function createUpstreams(settings: Settings, logger: FastifyBaseLogger): ReadonlyMap<string, StdioUpstream> {
  const isOnly = settings.servers.length === 1;
  return new Map(
    settings.servers.map((server) => [
      isOnly ? '' : server.name,
      createStdioUpstream({
        ...server,
        logger: logger.child({ server: server.name }),
        clientInfo: { name: 'mcpo-toolkit', version: packageVersion },
        startTimeoutMs: settings.startTimeoutMs,
        maxMessageBytes: settings.maxMessageBytes,
      }),
    ]),
  );
}

/** For the answers to calls that are cut off. */
const lastWordMs = 500;

async function shutDown(
  app: FastifyInstance,
  connections: Connections,
  gateway: Gateway,
  deadlineMs: number,
): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  const remaining = (): number => Math.max(0, end - performance.now());
  // New connections are refused from here on; requests on open ones get `shutting_down`.
  connections.stopListening();
  const isDrained = await gateway.drain(remaining());
  if (isDrained) await connections.close(remaining());
  // Ending the servers settles the calls that are cut off; their callers are told before the connections close.
  const ended = gateway.close(Math.max(remaining(), 1_000));
  if (!isDrained) await connections.close(lastWordMs);
  await app.close();
  await ended;
  return isDrained;
}

/** Fails before a server is started, which may take a while, when the port is taken anyway. */
async function checkPort({ host, port }: Settings): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(
        `port ${port} on ${host} is taken; choose another with --port, or any free one with --port 0`,
      );
    case 'EACCES':
      return new ListenError(`port ${port} needs more rights; choose one above 1023 with --port`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(`this machine has no address ${host}; check --host`);
    default:
      return error;
  }
}

function urlOf(app: FastifyInstance): string {
  // A TCP server that listens has an AddressInfo.
  const { address, family, port } = app.server.address() as AddressInfo;
  const isAny = address === '0.0.0.0' || address === '::';
  const host = isAny ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
