import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Drift } from '../gateway/contract-lock.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ServerStatus } from '../gateway/server-status.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import type { TokenKeysState } from '../identity/verdict.ts';
import type { RedisHealth } from '../redis/redis-link.ts';
import type { LimitSource } from './rate-limits.ts';
import type { Access } from './checks.ts';
import { restrictReadiness } from './seen-status.ts';
import { isWorthCalling, type Readiness } from './readiness.ts';
import type { Siblings } from './siblings.ts';
import type { SeenBy } from './visibility.ts';

/** What probes are told of. */
export interface HealthSources {
  readonly gateway: Gateway;
  /** What a caller may see: names are details, and the address that lets the gateway into a server is for those who may act. */
  readonly accessOf: (request: FastifyRequest) => Access;
  /** Tells callers by tokens as well, or not. */
  readonly authenticator: Authenticator | undefined;
  /** What callers may know of. */
  readonly seenBy: SeenBy | undefined;
  readonly limits: LimitSource | undefined;
  /** What is shared with other gateways is there. */
  readonly redis: RedisHealth | undefined;
  /** Answer as one with this gateway. */
  readonly siblings: Siblings | undefined;
}

/**
 * /healthz says that the process is alive; /readyz whether calls are worth sending: 200 when every required server is
 * ready and at least one is, else 503. `?contract=<digest>` asks for those who serve that contract, and no other.
 *
 * @returns what this gateway tells its siblings
 */
export function addHealthRoutes(app: FastifyInstance, sources: HealthSources): () => Readiness {
  const { gateway, accessOf, seenBy, siblings } = sources;
  app.get('/healthz', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  app.get('/readyz', async (request, reply) => {
    const access = accessOf(request);
    const said = siblings === undefined ? readinessOf(sources, access) : await siblings.readiness();
    const status = isWanted(said.contract, request.query) ? said.status : 'contract_differs';
    reply.code(isWorthCalling(status) ? 200 : 503).header('cache-control', 'no-store');
    if (!access.mayReadDetails) return { status };
    const seen = seenBy?.(request.raw);
    return { ...(seen === undefined ? said : restrictReadiness(said, gateway, seen)), status };
  });
  return () => readinessOf(sources, toSiblings);
}

/** Siblings are asked before it is known who wants to know. */
const toSiblings: Access = { mayReadDetails: true, mayAct: false };

function readinessOf({ gateway, authenticator, limits, redis }: HealthSources, access: Access): Readiness {
  const servers = gateway.status();
  const tokenKeys = authenticator?.tokenKeys;
  const entries = servers.map((server) => [server.name, toEntry(server, access)] as const);
  const status = withTokens(statusOf(gateway, servers), tokenKeys, authenticator?.hasKeys === true);
  return {
    status: withRedis(status, redis, limits?.limiter?.isOn === true),
    contract: gateway.contract.digest,
    ...(gateway.drift !== undefined && { drift: toDrift(gateway.drift) }),
    servers: Object.fromEntries(entries),
    ...(tokenKeys !== undefined && { tokens: toTokens(tokenKeys) }),
    ...(redis !== undefined && { redis: toRedis(redis) }),
  };
}

/** A balancer that names a contract wants no gateway with another; it may name several, while one follows the other. */
function isWanted(digest: string, query: unknown): boolean {
  // Fastify's parser gives an object of texts, and of lists of them.
  const { contract } = query as { readonly contract?: string | readonly string[] };
  return contract === undefined || [contract].flat().includes(digest);
}

/** Whether calls are worth sending, in a word. */
export function statusOf(gateway: Gateway, servers: readonly ServerStatus[]): string {
  if (gateway.isLeaving) return 'shutting_down';
  if (gateway.drift?.isRefused === true) return 'contract_refused';
  const ready = servers.filter(({ state }) => state.kind === 'ready');
  if (ready.length === servers.length && ready.length > 0) return 'ready';
  const isEnough = servers.every(({ isRequired, state }) => !isRequired || state.kind === 'ready');
  return isEnough && ready.length > 0 ? 'degraded' : 'not_ready';
}

/** Where tokens cannot be verified, calls are worth sending only for those who have keys. */
function withTokens(status: string, tokenKeys: TokenKeysState | undefined, hasKeys: boolean): string {
  if (tokenKeys?.kind !== 'no_keys' || !isWorthCalling(status)) return status;
  return hasKeys ? 'degraded' : 'not_ready';
}

/** Without it calls are answered, though not all as they should be; or those that are counted are refused. */
function withRedis(status: string, redis: RedisHealth | undefined, isCounting: boolean): string {
  if (redis?.state.kind !== 'down' || !isWorthCalling(status)) return status;
  return redis.fail === 'closed' && isCounting ? 'not_ready' : 'degraded';
}

function toRedis({ state }: RedisHealth): object {
  return { state: state.kind, ...(state.kind === 'down' && { problem: state.problem }) };
}

function toTokens({ kind, problem }: TokenKeysState): object {
  return { state: kind, ...(problem !== undefined && { problem }) };
}

// What changed, one by one, is in the log; probes get the counts and the first few.
function toDrift({ diff, liveDigest }: Drift): object {
  return { live: liveDigest, ...diff.summary, changes: diff.changes.slice(0, 20) };
}

function toEntry(server: ServerStatus, access: Access): object {
  const { state, isRequired, tools, unserved, inFlight, sessions, replicas, circuit, restarts } = server;
  const left = unserved.map(({ tool, pointer, reason }) => ({ tool, pointer, reason }));
  return {
    state: state.kind,
    ...toDetails(state, access),
    required: isRequired,
    tools,
    inFlight,
    ...(sessions !== undefined && { sessions }),
    ...(replicas !== undefined && { replicas }),
    circuit,
    restarts,
    ...(left.length > 0 && { unserved: left }),
  };
}

function toDetails(state: ServerStatus['state'], { mayAct }: Access): object {
  switch (state.kind) {
    case 'restarting':
      return { reason: state.reason, retryInMs: Math.round(state.retryInMs) };
    case 'awaiting_authorization':
      return mayAct ? { authorizationUrl: state.url } : {};
    case 'connecting':
    case 'ready':
    case 'closed':
      return {};
  }
}
