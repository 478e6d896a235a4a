import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from '../gateway/gateway.ts';
import { callerName } from '../identity/identity.ts';
import { answerCall, type CallOptions } from './answer-call.ts';
import { takeExchange } from './exchange.ts';
import type { PageRoutes } from './page-routes.ts';
import { answerProblem, sendProblem } from './problems.ts';
import { rawPath } from './raw-path.ts';
import { redirectWithoutSlash } from './redirect.ts';
import { identityOf } from './request-identity.ts';
import { isHidden, toNothing, type SeenBy } from './visibility.ts';

/** What the tool routes need. */
export interface ToolRoutesOptions extends CallOptions {
  /** Their methods are named in `Allow`. */
  readonly pages: Pick<PageRoutes, 'methodsAt'>;
  /** What callers may know of. */
  readonly seenBy: SeenBy | undefined;
}

/** Answers every request that is not for a page: tool calls, and what is wrong about the others (HTTP rules). */
export function addToolRoutes(app: FastifyInstance, options: ToolRoutesOptions): void {
  // The handler reads the body itself: size, media type and JSON are checked in the order that the rules give.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.all('/*', async (request, reply) => await answer(request, reply, options));
  app.setNotFoundHandler(async (request, reply) => await answer(request, reply, options));
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ToolRoutesOptions,
): Promise<FastifyReply | undefined> {
  const path = rawPath(request.raw.url ?? '/');
  const route = options.gateway.route(request.method, path);
  const seen = options.seenBy?.(request.raw);
  if (seen !== undefined && isHidden(seen, options.gateway, path, route))
    return answerHidden(request, reply, { path, route }, options);
  if (route.kind === 'operation') {
    await answerCall(takeExchange(request, reply), route, options);
    return undefined;
  }
  const methods = [...options.pages.methodsAt(path), ...(route.kind === 'wrong_method' ? route.allow : [])];
  if (methods.length === 0) {
    if (options.profile?.redirectsSlashes === true && isSlashTooMuch(request, path, options)) {
      return redirectWithoutSlash(request, reply);
    }
    if (route.kind === 'problem') {
      const isNothing = seen !== undefined && route.problem.code === 'not_found';
      return sendProblem(request, reply, isNothing ? toNothing(path) : route.problem);
    }
    throw new Error('a path without methods cannot exist');
  }
  return answerMethods(request, reply, methods);
}

/**
 * Answers as of what is not there; logs, metrics and records, which no caller sees, are told what it was.
 *
 * A page may have the path of a tool that is hidden; a server that is hidden has no pages.
 */
function answerHidden(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, route }: { readonly path: string; readonly route: Route },
  { pages, gateway, seenBy, observer }: ToolRoutesOptions,
): FastifyReply {
  const server = gateway.serverAt(path);
  const isServerSeen = server === undefined || seenBy?.(request.raw)?.allowsOf(server) !== false;
  const methods = isServerSeen ? pages.methodsAt(path) : [];
  if (methods.length > 0) return answerMethods(request, reply, methods);
  const exchange = takeExchange(request, reply);
  const { record } = exchange;
  const startedAt = observer.now();
  if (route.kind === 'operation') record?.call(route.operation, route.server.upstream.name);
  answerProblem(exchange, toNothing(path), reply.server);
  const [status, code] = [404, 'not_permitted'];
  if (route.kind === 'operation') {
    observer.ended(exchange, route.operation, startedAt, status, code);
    return reply;
  }
  if (record !== undefined) record.code = code;
  const caller = callerName(identityOf(request.raw));
  request.log.info({ requestId: request.id, status, code, caller }, 'refused');
  return reply;
}

function answerMethods(
  request: FastifyRequest,
  reply: FastifyReply,
  methods: readonly string[],
): FastifyReply {
  const allow = [...new Set([...methods, 'OPTIONS'])].toSorted().join(', ');
  reply.header('allow', allow);
  if (request.method === 'OPTIONS') return reply.code(204).send();
  const detail = `${request.method} is not possible here; use ${allow}.`;
  return sendProblem(request, reply, { code: 'method_not_allowed', detail });
}

/** The same path without the slash at its end leads somewhere. */
function isSlashTooMuch(
  { method }: FastifyRequest,
  path: string,
  { gateway, pages }: ToolRoutesOptions,
): boolean {
  if (path === '/' || !path.endsWith('/')) return false;
  const shorter = path.slice(0, -1);
  return pages.methodsAt(shorter).length > 0 || gateway.route(method, shorter).kind !== 'problem';
}
