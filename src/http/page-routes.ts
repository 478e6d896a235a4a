import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Gateway } from '../gateway/gateway.ts';
import { sendProblem } from './problems.ts';
import { rawPath } from './raw-path.ts';
import { redirectWithoutSlash } from './redirect.ts';
import { toNothing, type SeenBy } from './visibility.ts';

/** Answers GET and HEAD for all servers (`server` is '') or for the one of that name. */
type AnswerPage = (request: FastifyRequest, reply: FastifyReply, server: string) => Promise<FastifyReply>;

/** Where the pages are: at the root, and below each server that has a name. */
export interface PageRoutes {
  /** Adds a page at the root and, with named servers, below each of them; those that are not known yet are 503. */
  add(path: ServerPage, answer: AnswerPage): void;
  /** The methods of the page at a raw URL path; none when there is no page. */
  methodsAt(path: string): readonly string[];
  /** Whether a route leads to a page that exists, so that it may be open to callers without the key. */
  isPage(request: FastifyRequest): boolean;
  /** Whether a request asks for a page with a slash too many, which is answered by a redirect to it. */
  isSlashTooMuch(request: FastifyRequest): boolean;
}

const serverPages = ['/', '/docs', '/redoc', '/openapi.json', '/openapi.yaml'] as const;
/** A page that each server has as well. */
type ServerPage = (typeof serverPages)[number];

const rootPages: ReadonlySet<string> = new Set([...serverPages, '/healthz', '/readyz', '/metrics']);
const readMethods = ['GET', 'HEAD'];

/**
 * Makes the pages' routes; servers come and go, so they are looked up for each request.
 *
 * @param redirectsSlashes a slash too many leads to the page without it
 * @param seenBy what callers may know of
 */
export function createPageRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  redirectsSlashes: boolean,
  seenBy?: SeenBy,
): PageRoutes {
  // The only server of a gateway has its pages at the root, where they are anyway; it is never exchanged.
  const isNamed = !gateway.servers.has('');
  const below = new Set(isNamed ? ['/:server', ...serverPages.map((path) => `/:server${path}`)] : []);
  const isBelowServer = (path: string): boolean => {
    const end = path.indexOf('/', 1);
    const rest = end === -1 ? '/' : path.slice(end);
    return serverPages.some((page) => page === rest) && gateway.serverAt(path) !== undefined;
  };
  const methodsAt = (path: string): readonly string[] =>
    rootPages.has(path) || (isNamed && isBelowServer(path)) ? readMethods : [];
  const isSlashTooMuch = ({ method, raw }: FastifyRequest): boolean => {
    const path = rawPath(raw.url ?? '/');
    return redirectsSlashes && path.endsWith('/') && methodsAt(path.slice(0, -1)).includes(method);
  };
  return {
    add(path, answer) {
      const answerFor: AnswerPage = async (request, reply, server) => {
        const unknown = gateway.findUnknown(server);
        return unknown === undefined
          ? await answer(request, reply, server)
          : sendProblem(request, reply, unknown);
      };
      app.get(path, async (request, reply) => await answerFor(request, reply, ''));
      if (!isNamed) return;
      const answerBelow = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
        const at = rawPath(request.raw.url ?? '/');
        const server = gateway.serverAt(at);
        // The root's `/docs/` looks like the page of a server called docs.
        if (server === undefined && isSlashTooMuch(request)) return redirectWithoutSlash(request, reply);
        const seen = seenBy?.(request.raw);
        if (seen !== undefined && (server === undefined || !seen.allowsOf(server)))
          return sendProblem(request, reply, toNothing(at));
        return server === undefined
          ? sendProblem(request, reply, gateway.findNothing(at))
          : await answerFor(request, reply, server);
      };
      app.get(`/:server${path}`, answerBelow);
      if (path === '/') app.get('/:server', answerBelow);
    },
    methodsAt,
    isPage({ routeOptions, raw }) {
      const { url = '' } = routeOptions;
      return (
        rootPages.has(url) || (below.has(url) && gateway.serverAt(rawPath(raw.url ?? '/')) !== undefined)
      );
    },
    isSlashTooMuch,
  };
}
