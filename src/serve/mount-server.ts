import { isDeepStrictEqual } from 'node:util';
import { takesCredentials } from '../config/asks-who-calls.ts';
import type { ServerSettings } from '../config/server-settings.ts';
import { createCallTimes } from '../gateway/call-times.ts';
import type { MountedServer } from '../gateway/mounted-server.ts';
import type { Logger } from '../logger.ts';
import { createHeaderPicker } from '../upstream/header-forwarding.ts';
import type { StartableUpstream } from '../upstream/upstream.ts';
import { createUserReader } from '../upstream/users/session-key.ts';
import type { SessionPolicy } from '../upstream/users/session-policy.ts';
import { templateTraits } from '../upstream/users/templates.ts';
import { createUpstream, type ServerContext } from './create-upstream.ts';

/** A server of the configuration, and what serves it. */
export interface PlannedServer {
  readonly settings: ServerSettings;
  readonly upstream: StartableUpstream;
  readonly mounted: MountedServer;
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
  return isDeepStrictEqual(connectionOf(left), connectionOf(right));
}

function connectionOf(server: ServerSettings): object {
  const served = {
    enabledTools: 0,
    disabledTools: 0,
    callTimeoutMs: 0,
    toolTimeoutsMs: 0,
    maxCallTimeMs: 0,
    isRequired: 0,
    headerForwarding: 0,
    rateLimit: 0,
    toolRateLimits: 0,
  };
  return { ...server, ...served };
}

function mountServer(
  server: ServerSettings,
  upstream: StartableUpstream,
  { settings }: ServerContext,
): MountedServer {
  const { callTimeoutMs = settings.callTimeoutMs, maxCallTimeMs = settings.maxCallTimeMs } = server;
  const { toolTimeoutsMs, isRequired = settings.layout === 'single', headerForwarding, session } = server;
  return {
    upstream,
    isRequired,
    callTimes: createCallTimes({
      callTimeoutMs,
      ...(toolTimeoutsMs !== undefined && { toolTimeoutsMs }),
      ...(maxCallTimeMs !== undefined && { maxCallTimeMs }),
    }),
    ...toFilter(server),
    ...(headerForwarding !== undefined && {
      pickHeaders: createHeaderPicker(headerForwarding, {
        withholdAuthorization: takesCredentials(settings),
      }),
    }),
    ...(session !== undefined && { identify: createIdentifier(session, server) }),
  };
}

function createIdentifier(
  session: SessionPolicy,
  server: ServerSettings,
): NonNullable<MountedServer['identify']> {
  const templates = templateTraits(server.type === 'stdio' ? server.env : server.headers);
  const read = createUserReader(session, templates);
  return (origin) => {
    const user = read(origin);
    return user.kind === 'value' ? user.value : undefined;
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
  const { enabledTools = [], disabledTools = [], toolTimeoutsMs, toolRateLimits } = server;
  const single = [...(toolTimeoutsMs?.keys() ?? []), ...(toolRateLimits?.keys() ?? [])];
  const named = [...new Set([...enabledTools, ...disabledTools, ...single])];
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
        'the configuration names tools that the server does not have',
      );
    }
  };
  const stop = upstream.onChange(report);
  report();
}
