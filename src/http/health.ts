import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Drift } from '../gateway/contract-lock.ts';
import type { Gateway, ServerStatus } from '../gateway/gateway.ts';

/**
 * /healthz says that the process is alive; /readyz says 200 when every server is up, else 503.
 *
 * @param mayReadDetails false leaves only the bare status: server and tool names are for callers with the key
 */
export function addHealthRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  mayReadDetails: (request: FastifyRequest) => boolean,
): void {
  app.get('/healthz', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  app.get('/readyz', async (request, reply) => {
    const servers = gateway.status();
    const status = statusOf(gateway, servers);
    const isReady = status === 'ready';
    reply.code(isReady ? 200 : 503).header('cache-control', 'no-store');
    if (!mayReadDetails(request)) return { status };
    const entries = servers.map((server) => [server.name, toEntry(server)]);
    return {
      status,
      contract: gateway.contract.digest,
      ...(gateway.drift !== undefined && { drift: toDrift(gateway.drift) }),
      servers: Object.fromEntries(entries) as object,
    };
  });
}

function statusOf(gateway: Gateway, servers: readonly ServerStatus[]): string {
  if (gateway.isDraining) return 'shutting_down';
  if (gateway.drift?.isRefused === true) return 'contract_refused';
  return servers.every(({ state }) => state.kind === 'ready') ? 'ready' : 'not_ready';
}

// What changed, one by one, is in the log; probes get the counts and the first few.
function toDrift({ diff, liveDigest }: Drift): object {
  return { live: liveDigest, ...diff.summary, changes: diff.changes.slice(0, 20) };
}

function toEntry({ state, tools, unserved, inFlight, restarts }: ServerStatus): object {
  const why =
    state.kind === 'restarting' ? { reason: state.reason, retryInMs: Math.round(state.retryInMs) } : {};
  const left = unserved.map(({ tool, pointer, reason }) => ({ tool, pointer, reason }));
  return { state: state.kind, ...why, tools, inFlight, restarts, ...(left.length > 0 && { unserved: left }) };
}
