import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authorization } from '../authorization/authorization.ts';
import type { Permissions } from '../authorization/permissions.ts';
import type { Problem } from '../errors.ts';
import type { Gateway, Route } from '../gateway/gateway.ts';
import { identityOf } from './request-identity.ts';
import { varyWith } from './vary.ts';

/** What a caller may know of: what it may call. Undefined: everything. */
export type SeenBy = (request: IncomingMessage) => Permissions | undefined;

/** Undefined where callers see what they may not call. */
export function createSeenBy(
  authorization: Authorization | undefined,
  hidesForbidden: boolean,
): SeenBy | undefined {
  if (authorization === undefined || !hidesForbidden) return undefined;
  return (request) => authorization.permissionsOf(identityOf(request));
}

/** Takes what a caller may know of, for an answer that is made for it; what is between must not give it to another. */
export function seenFor(
  request: FastifyRequest,
  reply: FastifyReply,
  seenBy: SeenBy | undefined,
): Permissions | undefined {
  const seen = seenBy?.(request.raw);
  if (seen === undefined) return undefined;
  reply
    .header('vary', varyWith(reply.getHeader('vary'), 'authorization'))
    .header('cache-control', 'private, no-cache');
  return seen;
}

/** Whether a path leads to a tool, or to a server, that a caller may not know of. */
export function isHidden(seen: Permissions, gateway: Gateway, path: string, route: Route): boolean {
  const server = gateway.serverAt(path);
  if (server !== undefined && !seen.allowsOf(server)) return true;
  if (route.kind === 'problem') return false;
  const operation = route.kind === 'operation' ? route.operation : gateway.routeCall(path)?.operation;
  return operation === undefined || !seen.allows(operation);
}

/** Why a caller may not see what names every tool; undefined when it may call them all. */
export function findHiddenTool({ contract }: Gateway, seen: Permissions | undefined): Problem | undefined {
  if (seen === undefined || contract.operations.every((operation) => seen.allows(operation)))
    return undefined;
  return {
    code: 'not_permitted',
    detail: 'This page names every tool: it is for callers that may call them all.',
  };
}

/** As of what is not there; without names that are near. */
export function toNothing(path: string): Problem {
  const detail = `There is nothing at ${path.slice(0, 200)}. GET /openapi.json lists the tools.`;
  return { code: 'not_found', detail };
}
