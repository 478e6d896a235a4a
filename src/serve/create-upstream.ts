import type { ServerSettings } from '../config/server-settings.ts';
import type { Settings } from '../config/settings.ts';
import { withFields, type Logger } from '../logger.ts';
import { packageVersion } from '../package.ts';
import { expandHeaderTemplates, templateHeaderNames } from '../upstream/header-templates.ts';
import { createSessionPool } from '../upstream/session-pool.ts';
import { createStdioUpstream } from '../upstream/stdio-upstream.ts';
import type { RequestHeaders, StartableUpstream } from '../upstream/upstream.ts';

/** Makes, and does not start, the connection to a server: one for all, or one for each user. */
export function createUpstream(
  server: ServerSettings,
  settings: Settings,
  logger: Logger,
): StartableUpstream {
  const { name, session } = server;
  if (session === undefined) return createConnection(server, settings, logger);
  const templateNames = usableNames(server, settings, logger);
  return createSessionPool({
    name,
    policy: session,
    templateNames,
    create: (user) => {
      if (user === undefined) return createConnection(expandFor(server, undefined), settings, logger);
      const headers = pickNames(user.headers, templateNames);
      const personal = withFields(logger, { session: user.label });
      return createConnection(expandFor(server, headers), settings, personal);
    },
    logger,
  });
}

function createConnection(server: ServerSettings, settings: Settings, logger: Logger): StartableUpstream {
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

/** The headers that the server's values are made from, less the one with the gateway's own key. */
function usableNames(server: ServerSettings, { apiKey }: Settings, logger: Logger): readonly string[] {
  const names = templateHeaderNames(server.type === 'stdio' ? server.env : server.headers);
  if (apiKey === undefined || !names.includes('authorization')) return names;
  logger.warn({}, '${header:authorization} is empty: with an API key, that header is for the gateway');
  return names.filter((name) => name !== 'authorization');
}

/** @param headers what `${header:…}` stands for; undefined where there is no user */
function expandFor(server: ServerSettings, headers: RequestHeaders | undefined): ServerSettings {
  return server.type === 'stdio'
    ? { ...server, env: expandHeaderTemplates(server.env, headers) }
    : { ...server, headers: expandHeaderTemplates(server.headers, headers, 'header') };
}

function pickNames(headers: RequestHeaders, names: readonly string[]): RequestHeaders {
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}
