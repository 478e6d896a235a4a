import type { FastifyReply } from 'fastify';

/** The Vary of an answer (RFC 9110 section 12.5.5) with one more request header that it depends on. */
export function varyWith(reply: FastifyReply, name: string): string {
  const present = reply.getHeader('vary');
  return present === undefined ? name : `${String(present)}, ${name}`;
}
