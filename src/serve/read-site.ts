import type { FastifyBaseLogger } from 'fastify';
import type { ServerSettings } from '../config/server-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { ToolSource } from '../contract/contract.ts';
import {
  buildDocument,
  buildServerDocument,
  type DocumentOptions,
} from '../contract/document/build-document.ts';
import { toPublished } from '../docs/site/from-document.ts';
import type { MissingServer, SiteContract } from '../docs/site/site.ts';
import { UpstreamStartError } from '../errors.ts';
import { OauthCallbacks } from '../upstream/oauth/oauth-callbacks.ts';
import { documentOptions, toSecurity } from './create-gateway.ts';
import { planServer, type PlannedServer } from './mount-server.ts';
import { ServedLimits } from './served-limits.ts';

/** How servers are read. */
export interface ReadSiteOptions {
  readonly logger: FastifyBaseLogger;
  /** Aborted, it ends the servers, and the reading fails. */
  readonly signal?: AbortSignal;
  /** The gateway asks for a key: the documents say so, beside what the settings ask for. @default those alone */
  readonly isSecured?: boolean;
  /** Servers that run at the same time. @default 8 */
  readonly maxServers?: number;
  /** Called as each server has told its tools, or has not. */
  readonly onServer?: (done: number, total: number) => void;
}

/** For a server that has told its tools to end by itself. */
const closeMs = 5_000;

/**
 * Starts MCP servers, a few at a time, asks each for its tools, and ends it again.
 *
 * @returns what a site is made from; with several servers, those that cannot be reached are in `missing`
 * @throws UpstreamStartError when the only server cannot be started, or the signal was aborted
 */
export async function readSite(settings: Settings, options: ReadSiteOptions): Promise<SiteContract> {
  const { sources, missing } = await readServers(settings, options);
  return toContract(sources, missing, settings, options);
}

/** A site's contract from what servers have listed. */
export function toContract(
  sources: readonly ToolSource[],
  missing: readonly MissingServer[],
  settings: Settings,
  { isSecured }: Pick<ReadSiteOptions, 'isSecured'> = {},
): SiteContract {
  const from: DocumentOptions = {
    ...documentOptions(settings, sources, new ServedLimits(settings)),
    ...(isSecured !== undefined && { security: { ...toSecurity(settings), keys: isSecured } }),
  };
  const servers = sources
    .map(({ server }) => server)
    .filter((server) => server !== '')
    .toSorted();
  return {
    merged: toPublished('', buildDocument(from).document),
    servers: servers.map((server) => toPublished(server, buildServerDocument(from, server).document)),
    missing: missing.toSorted((a, b) => (a.server < b.server ? -1 : 1)),
  };
}

interface ReadServers {
  readonly sources: readonly ToolSource[];
  readonly missing: readonly MissingServer[];
}

async function readServers(settings: Settings, options: ReadSiteOptions): Promise<ReadServers> {
  const { maxServers = 8, onServer, signal } = options;
  const sources: ToolSource[] = [];
  const missing: MissingServer[] = [];
  const left = [...settings.servers];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let server = left.shift(); server !== undefined; server = left.shift()) {
      signal?.throwIfAborted();
      const read = await readServer(server, settings, options);
      if ('reason' in read) missing.push(read);
      else sources.push(read);
      onServer?.(++done, settings.servers.length);
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: maxServers }, work));
  const failed = workers.find((worker) => worker.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { sources, missing };
}

async function readServer(
  server: ServerSettings,
  settings: Settings,
  { logger, signal }: ReadSiteOptions,
): Promise<ToolSource | MissingServer> {
  const context = {
    settings,
    logger: logger.child({ server: server.name }),
    callbacks: new OauthCallbacks(),
  };
  const planned = planServer(server, context);
  const { upstream } = planned;
  // What waits for the start is told by its failure.
  const stop = (): void => void upstream.close(0);
  signal?.addEventListener('abort', stop);
  try {
    await upstream.start('close');
    return toSource(planned, settings);
  } catch (error) {
    if (!(error instanceof UpstreamStartError) || settings.layout === 'single' || signal?.aborted === true)
      throw error;
    return { server: server.name, reason: error.message };
  } finally {
    signal?.removeEventListener('abort', stop);
    await upstream.close(closeMs);
  }
}

function toSource(
  { settings, upstream, mounted }: PlannedServer,
  { layout }: Settings,
): ToolSource | MissingServer {
  const { catalog, state } = upstream;
  if (catalog === undefined) return { server: settings.name, reason: whyUnknown(state.kind) };
  const { isServed = () => true } = mounted;
  const tools = catalog.tools.filter(({ name }) => isServed(name));
  return { ...catalog, server: layout === 'single' ? '' : settings.name, tools };
}

function whyUnknown(state: PlannedServer['upstream']['state']['kind']): string {
  return state === 'awaiting_authorization'
    ? 'a person has to let the gateway in first; run mcpo-serve with this configuration once, and open what it names'
    : 'it did not tell its tools';
}
