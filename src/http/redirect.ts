import type { FastifyReply, FastifyRequest } from 'fastify';

/** Redirects to the same path without the slash at its end. */
export function redirectWithoutSlash(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.redirect(request.originalUrl.replace(/\/(?=\?|$)/, ''), 307);
}
