import type { Settings } from '../config/settings.ts';
import type { ServerSettings } from '../config/server-settings.ts';
import type { MountedServer } from '../gateway/mounted-server.ts';
import type { Logger } from '../logger.ts';
import { packageVersion } from '../package.ts';
import { createStdioUpstream } from '../upstream/stdio-upstream.ts';
import type { StartableUpstream } from '../upstream/upstream.ts';

/** A server of the configuration, and what serves it. */
export interface PlannedServer {
  readonly settings: ServerSettings;
  readonly upstream: StartableUpstream;
  readonly mounted: MountedServer;
}

/** What all servers of a gateway share. */
export interface ServerContext {
  readonly settings: Settings;
  /** For this server. */
  readonly logger: Logger;
}

/** Makes, and does not start, what serves one server of the configuration. */
export function planServer(server: ServerSettings, context: ServerContext): PlannedServer {
  const upstream = createUpstream(server, context);
  reportUnknownTools(server, upstream, context.logger);
  return { settings: server, upstream, mounted: mountServer(server, upstream, context) };
}

/** Serves the same connection in another way. */
export function replanServer(
  server: ServerSettings,
  { upstream }: PlannedServer,
  context: ServerContext,
): PlannedServer {
  reportUnknownTools(server, upstream, context.logger);
  return { settings: server, upstream, mounted: mountServer(server, upstream, context) };
}

/** True when the settings differ in what is served, not in how the server is reached. */
export function isSameConnection(left: ServerSettings, right: ServerSettings): boolean {
  return JSON.stringify(connectionOf(left)) === JSON.stringify(connectionOf(right));
}

function connectionOf(server: ServerSettings): object {
  const served = { enabledTools: 0, disabledTools: 0, callTimeoutMs: 0, isRequired: 0, headerForwarding: 0 };
  return { ...server, ...served };
}

function createUpstream(server: ServerSettings, { settings, logger }: ServerContext): StartableUpstream {
  const common = {
    name: server.name,
    logger,
    clientInfo: { name: 'mcpo-toolkit', version: packageVersion },
    startTimeoutMs: settings.startTimeoutMs,
    maxMessageBytes: settings.maxMessageBytes,
  };
  if (server.type !== 'stdio') throw new Error('remote servers cannot be reached yet');
  const { command, args, env, cwd } = server;
  return createStdioUpstream({
    ...common,
    command,
    args,
    env,
    // Whoever comes from mcpo has servers that count on it.
    inheritEnv: settings.profile === 'mcpo' ? 'all' : 'listed',
    ...(cwd !== undefined && { cwd }),
  });
}

function mountServer(
  server: ServerSettings,
  upstream: StartableUpstream,
  { settings }: ServerContext,
): MountedServer {
  const { callTimeoutMs, isRequired = settings.layout === 'single' } = server;
  return {
    upstream,
    isRequired,
    ...(callTimeoutMs !== undefined && { callTimeoutMs }),
    ...toFilter(server),
  };
}

function toFilter({ enabledTools, disabledTools = [] }: ServerSettings): Pick<MountedServer, 'isServed'> {
  if (enabledTools === undefined && disabledTools.length === 0) return {};
  const enabled = enabledTools && new Set(enabledTools);
  const disabled = new Set(disabledTools);
  return { isServed: (tool) => !disabled.has(tool) && (enabled === undefined || enabled.has(tool)) };
}

/** A misspelt name would leave a tool served that should not be, or the other way round: that is said, once. */
function reportUnknownTools(server: ServerSettings, upstream: StartableUpstream, logger: Logger): void {
  const named = [...(server.enabledTools ?? []), ...(server.disabledTools ?? [])];
  if (named.length === 0) return;
  const report = (): void => {
    const { catalog } = upstream;
    if (catalog === undefined) return;
    stop();
    const listed = new Set(catalog.tools.map(({ name }) => name));
    const unknown = named.filter((name) => !listed.has(name));
    if (unknown.length > 0) {
      logger.warn(
        { unknown, listed: [...listed].slice(0, 50) },
        'the configuration enables or disables tools that the server does not have',
      );
    }
  };
  const stop = upstream.onChange(report);
  report();
}
