import type { Settings } from '../config/settings.ts';
import type { ServerSettings } from '../config/server-settings.ts';
import type { MountedServer } from '../gateway/mounted-server.ts';
import type { Logger } from '../logger.ts';
import { packageVersion } from '../package.ts';
import { createStdioUpstream } from '../upstream/stdio-upstream.ts';
import type { StartableUpstream } from '../upstream/upstream.ts';

/** A server of the configuration, ready to be started. */
export interface PlannedServer {
  readonly settings: ServerSettings;
  readonly upstream: StartableUpstream;
  readonly mounted: MountedServer;
}

/** Makes, and does not start, what serves one server of the configuration. */
export function planServer(server: ServerSettings, settings: Settings, logger: Logger): PlannedServer {
  const upstream = createUpstream(server, settings, logger);
  const { callTimeoutMs, isRequired = settings.layout === 'single' } = server;
  return {
    settings: server,
    upstream,
    mounted: {
      upstream,
      isRequired,
      ...(callTimeoutMs !== undefined && { callTimeoutMs }),
      ...toFilter(server),
    },
  };
}

function createUpstream(server: ServerSettings, settings: Settings, logger: Logger): StartableUpstream {
  const common = {
    name: server.name,
    logger,
    clientInfo: { name: 'mcpo-toolkit', version: packageVersion },
    startTimeoutMs: settings.startTimeoutMs,
    maxMessageBytes: settings.maxMessageBytes,
  };
  if (server.type !== 'stdio') throw new Error('remote servers cannot be reached yet');
  const { command, args, env, cwd } = server;
  return createStdioUpstream({ ...common, command, args, env, ...(cwd !== undefined && { cwd }) });
}

function toFilter({ enabledTools, disabledTools = [] }: ServerSettings): Pick<MountedServer, 'isServed'> {
  if (enabledTools === undefined && disabledTools.length === 0) return {};
  const enabled = enabledTools && new Set(enabledTools);
  const disabled = new Set(disabledTools);
  return { isServed: (tool) => !disabled.has(tool) && (enabled === undefined || enabled.has(tool)) };
}
