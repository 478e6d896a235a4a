import type { ServerSettings, StdioServerSettings } from '../config/server-settings.ts';
import { takesCredentials } from '../config/asks-who-calls.ts';
import type { Settings } from '../config/settings.ts';
import { withFields, type Logger } from '../logger.ts';
import { packageVersion } from '../package.ts';
import { expandTemplates, templateTraits } from '../upstream/users/templates.ts';
import type { UserTrait } from '../upstream/users/user-trait.ts';
import type { Authorization } from '../upstream/oauth/authorization.ts';
import type { OauthCallbacks } from '../upstream/oauth/oauth-callbacks.ts';
import { createReplicaSet } from '../upstream/replicas/replica-set.ts';
import { createRemoteUpstream, type RemoteUpstreamOptions } from '../upstream/remote/remote-upstream.ts';
import { createSessionPool } from '../upstream/users/session-pool.ts';
import { createStdioUpstream, type StdioUpstreamOptions } from '../upstream/stdio/stdio-upstream.ts';
import type { CallOrigin, RequestHeaders, StartableUpstream } from '../upstream/upstream.ts';

/** What the servers of a gateway share, and the logger of one of them. */
export interface ServerContext {
  readonly settings: Settings;
  /** For this server. */
  readonly logger: Logger;
  /** Where answers of authorization servers arrive. */
  readonly callbacks: OauthCallbacks;
}

/** Makes, and does not start, the connection to a server: one for all, or one for each user. */
export function createUpstream(server: ServerSettings, context: ServerContext): StartableUpstream {
  const { name, session } = server;
  const { logger } = context;
  const authorization = createAuthorizationOf(server, context);
  if (server.type === 'stdio' && (server.replicas?.max ?? 1) > 1) return createReplicas(server, context);
  if (session === undefined) return createConnection(server, context, authorization);
  const templates = usableTemplates(server, context);
  return createSessionPool({
    name,
    policy: session,
    templates,
    create: (user) => {
      if (user === undefined) return createConnection(expandFor(server, undefined), context, authorization);
      const { identity, headers } = user.origin;
      const origin = { identity, headers: pickHeaders(headers ?? {}, templates) };
      const personal = { ...context, logger: withFields(logger, { session: user.label }) };
      return createConnection(expandFor(server, origin), personal, authorization);
    },
    logger,
  });
}

function createReplicas(server: StdioServerSettings, context: ServerContext): StartableUpstream {
  const { settings, logger } = context;
  const { name, replicas: policy = { min: 1, max: 1 } } = server;
  return createReplicaSet({
    name,
    policy,
    create: (replica, onRoom) =>
      createChild(server, { ...context, logger: withFields(logger, { replica }) }, { ...inSet, onRoom }),
    logger,
    maxInFlight: server.maxInFlight ?? settings.maxInFlight,
    maxQueue: server.maxQueue ?? settings.maxQueue,
  });
}

/** Calls wait in the set, and are sent again by it. */
const inSet = { recovery: { healMs: 0, sendsAgain: false }, maxQueue: 0 };

function createAuthorizationOf(
  server: ServerSettings,
  { settings, logger, callbacks }: ServerContext,
): (() => Promise<Authorization>) | undefined {
  if (server.type === 'stdio' || server.oauth === undefined) return undefined;
  const { name, url, oauth } = server;
  // Clients that were registered by hand for mcpo are known by that name.
  const loopbackHost = settings.profile === 'mcpo' ? 'localhost' : '127.0.0.1';
  let authorization: Promise<Authorization> | undefined;
  // One for all sessions of the server; most gateways have none.
  return () =>
    (authorization ??= import('../upstream/oauth/create-authorization.ts').then(({ createAuthorization }) =>
      createAuthorization({ server: name, serverUrl: url, oauth, callbacks, logger, loopbackHost }),
    ));
}

function createConnection(
  server: ServerSettings,
  context: ServerContext,
  authorization: (() => Promise<Authorization>) | undefined,
): StartableUpstream {
  if (server.type === 'stdio') return createChild(server, context);
  const { type, url, headers } = server;
  return createRemoteUpstream({
    ...commonOptions(server, context),
    type,
    url,
    headers,
    ...(authorization !== undefined && { authorization }),
  });
}

function createChild(
  server: StdioServerSettings,
  context: ServerContext,
  options: Pick<StdioUpstreamOptions, 'recovery' | 'maxQueue' | 'onRoom'> = {},
): StartableUpstream {
  const { command, args, env, cwd } = server;
  return createStdioUpstream({
    ...commonOptions(server, context),
    command,
    args,
    env,
    // Whoever comes from mcpo has servers that count on it.
    inheritEnv: context.settings.profile === 'mcpo' ? 'all' : 'listed',
    ...(cwd !== undefined && { cwd }),
    ...options,
  });
}

type CommonOption =
  'name' | 'logger' | 'clientInfo' | 'startTimeoutMs' | 'maxMessageBytes' | 'maxInFlight' | 'maxQueue';

function commonOptions(
  server: ServerSettings,
  { settings, logger }: ServerContext,
): Pick<StdioUpstreamOptions & RemoteUpstreamOptions, CommonOption> {
  return {
    name: server.name,
    logger,
    clientInfo: { name: 'mcpo-toolkit', version: packageVersion },
    startTimeoutMs: settings.startTimeoutMs,
    maxMessageBytes: settings.maxMessageBytes,
    maxInFlight: server.maxInFlight ?? settings.maxInFlight,
    maxQueue: server.maxQueue ?? settings.maxQueue,
  };
}

/** What the server's values are made from, less the header with the gateway's own key. */
function usableTemplates(server: ServerSettings, { settings, logger }: ServerContext): readonly UserTrait[] {
  const traits = templateTraits(server.type === 'stdio' ? server.env : server.headers);
  if (!takesCredentials(settings) || !traits.some(isOurs)) return traits;
  logger.warn(
    {},
    '${header:authorization} is empty: with API keys or tokens, that header is for the gateway',
  );
  return traits.filter((trait) => !isOurs(trait));
}

/** @param origin what `${…}` stands for; undefined where there is no user */
function expandFor(server: ServerSettings, origin: CallOrigin | undefined): ServerSettings {
  return server.type === 'stdio'
    ? { ...server, env: expandTemplates(server.env, origin) }
    : { ...server, headers: expandTemplates(server.headers, origin, 'header') };
}

function isOurs(trait: UserTrait): boolean {
  return trait.kind === 'header' && trait.name === 'authorization';
}

function pickHeaders(headers: RequestHeaders, templates: readonly UserTrait[]): RequestHeaders {
  return Object.fromEntries(
    templates.flatMap((trait) => (trait.kind === 'header' ? [[trait.name, headers[trait.name]]] : [])),
  );
}
