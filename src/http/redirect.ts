import type { FastifyReply, FastifyRequest } from 'fastify';
import { forwardedPrefixOf, type Prefixes } from './prefixes.ts';
import { rawPath } from './raw-path.ts';

/** Redirects to the same path without the slash at its end. */
export function redirectWithoutSlash(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.redirect(request.originalUrl.replace(/\/(?=\?|$)/, ''), 307);
}

/**
 * Redirects to a page below the path that was asked for, with or without a slash at its end.
 *
 * Where proxies show the gateway is known only from the root path or from a trusted proxy. Else the address is relative
 * to what the browser asked for (RFC 9110 section 10.2.2), so that a prefix we know nothing of stays before it.
 *
 * @param mount the path asked for, as it is without any prefix and without a slash at its end
 */
export function redirectBelow(
  request: FastifyRequest,
  reply: FastifyReply,
  prefixes: Prefixes,
  { mount, page }: { readonly mount: string; readonly page: string },
): FastifyReply {
  const root = forwardedPrefixOf(request, prefixes) ?? prefixes.rootPath;
  if (root !== '') return reply.redirect(`${root}${prefixes.pathPrefix}${mount}/${page}`);
  const asked = rawPath(request.originalUrl);
  const last = asked.slice(asked.lastIndexOf('/') + 1);
  return reply.redirect(last === '' ? page : `./${last}/${page}`);
}
