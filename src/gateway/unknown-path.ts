import { findNearest } from '../contract/enforcement/nearest.ts';
import type { Problem } from '../errors.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { MountedServers } from './mounted-server.ts';
import { mountsOf, serverAt } from './mounts.ts';

/**
 * What to answer for a path that leads nowhere.
 *
 * @param nearest tools that have nearly that path
 */
export function toNotFound(servers: MountedServers, path: string, nearest: readonly string[]): Problem {
  const isServerKnown = serverAt(servers, path) !== undefined;
  const near = nearest.length > 0 || isServerKnown ? nearest : findServers(servers, path);
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
  return {
    code: 'not_found',
    detail: `There is nothing at ${path.slice(0, 200)}.${hint} GET /openapi.json lists the tools.`,
    ...(near.length > 0 && { extensions: { nearest: near } }),
  };
}

/** What to answer for a server that has never connected, so nobody knows what it has. */
export function toNotConnected({ name, state }: Upstream): Problem {
  const code = 'upstream_not_ready';
  switch (state.kind) {
    case 'awaiting_authorization':
      return {
        code,
        detail: `The server ${name} waits for a person to let the gateway in; /readyz has the address to open.`,
        retryAfter: 5,
      };
    case 'restarting':
      return {
        code,
        detail: `The server ${name} could not be reached yet; it is tried again.`,
        retryAfter: state.retryInMs / 1_000,
      };
    case 'connecting':
    case 'ready':
    case 'closed':
      return {
        code,
        detail: `The server ${name} is not connected yet; retry in a moment.`,
        retryAfter: 1,
      };
  }
}

function findServers(servers: MountedServers, path: string): readonly string[] {
  const mounts = mountsOf(servers);
  const end = path.indexOf('/', 1);
  return findNearest(end === -1 ? path : path.slice(0, end), [...mounts.keys()]).map(
    (name) => mounts.get(name) ?? name,
  );
}
