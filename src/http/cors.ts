import type { FastifyReply, FastifyRequest } from 'fastify';
import { varyWith } from './vary.ts';

/** Which pages of other origins may call the gateway from a browser, and read what it answers. */
export interface Cors {
  /** @param origin of the page, as its browser names it */
  readonly isAllowed: (origin: string | undefined) => boolean;
  /** Adds what lets the page read the answer, whatever it will be; true when that is all a preflight asked for. */
  apply(request: FastifyRequest, reply: FastifyReply): boolean;
}

/** What scripts may read beside the headers that any answer shows. */
const exposed = 'ETag, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';
const allowedHeaders = 'Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id';
const allowedMethods = 'GET, HEAD, POST';
/** Chromium keeps a preflight's answer no longer. */
const maxAgeSeconds = 7_200;
const headerNames = /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;
const maxHeaderNames = 1_000;

/**
 * The CORS protocol (Fetch, section 3.3) for pages of these origins; `*` means any. Undefined without origins.
 *
 * Credentials that a browser adds by itself are never allowed: pages send the key, which they have to know, themselves.
 * Any header may be sent, since servers can be configured to get any of the caller's.
 */
export function createCors(origins: readonly string[]): Cors | undefined {
  if (origins.length === 0) return undefined;
  const isAny = origins.includes('*');
  const allowed = new Set(origins);
  const isAllowed = (origin: string | undefined): boolean =>
    isAny || (origin !== undefined && allowed.has(origin));
  return {
    isAllowed,
    apply(request, reply) {
      const { origin } = request.headers;
      if (!isAny) reply.header('vary', varyWith(reply.getHeader('vary'), 'origin'));
      if (!isAllowed(origin)) return false;
      reply.header('access-control-allow-origin', isAny ? '*' : origin);
      if (!isPreflight(request)) {
        reply.header('access-control-expose-headers', exposed);
        return false;
      }
      reply
        .header('access-control-allow-methods', allowedMethods)
        .header('access-control-allow-headers', headersFor(request))
        .header('access-control-max-age', maxAgeSeconds);
      return true;
    },
  };
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

function headersFor({ headers }: FastifyRequest): string {
  const asked = headers['access-control-request-headers'];
  const isPlain = asked !== undefined && asked.length <= maxHeaderNames && headerNames.test(asked);
  return isPlain ? asked : allowedHeaders;
}
