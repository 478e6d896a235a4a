import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerCall, type CallOptions } from './answer-call.ts';
import { takeExchange } from './exchange.ts';
import type { PageRoutes } from './page-routes.ts';
import { sendProblem } from './problems.ts';
import { rawPath } from './raw-path.ts';
import { redirectWithoutSlash } from './redirect.ts';

/** What the tool routes need. */
export interface ToolRoutesOptions extends CallOptions {
  /** Their methods are named in `Allow`. */
  readonly pages: Pick<PageRoutes, 'methodsAt'>;
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
  if (route.kind === 'operation') {
    await answerCall(takeExchange(request, reply), route, options);
    return undefined;
  }
  const methods = [...options.pages.methodsAt(path), ...(route.kind === 'wrong_method' ? route.allow : [])];
  if (methods.length === 0) {
    if (options.profile?.redirectsSlashes === true && isSlashTooMuch(request, path, options)) {
      return redirectWithoutSlash(request, reply);
    }
    if (route.kind === 'problem') return sendProblem(request, reply, route.problem);
    throw new Error('a path without methods cannot exist');
  }
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
