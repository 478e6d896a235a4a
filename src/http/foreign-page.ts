import type { FastifyRequest } from 'fastify';
import type { Problem } from '../errors.ts';

const foreign: Problem = {
  code: 'forbidden',
  detail:
    'Pages of other origins may not call this gateway from a browser; the operator can set --cors-allow-origins.',
};
const rebound: Problem = {
  code: 'forbidden',
  detail:
    'A browser calls this gateway by a foreign name, and it has no key; the operator can set --api-key.',
};

/** What the gateway knows of itself. */
export interface OriginPolicy {
  readonly hasKey: boolean;
  /** The proxy before it says by which name and scheme it was called. @default false */
  readonly trustProxy?: boolean;
  /** Whether pages of an origin may call. @default none of another one */
  readonly isAllowed?: (origin: string | undefined) => boolean;
}

/**
 * Says why a browser's request may not pass: any page a user opens could call the tools of a gateway on their machine.
 *
 * Browsers name where a request comes from (Fetch Metadata; Origin, RFC 6454 section 7), other clients send neither.
 * Without a key, a page that made its own name point here (DNS rebinding) is known by that name.
 */
export function findForeignPage(
  request: Pick<FastifyRequest, 'method' | 'headers' | 'host' | 'protocol' | 'socket'>,
  { hasKey, trustProxy = false, isAllowed }: OriginPolicy,
): Problem | undefined {
  const { method, headers } = request;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site === undefined && origin === undefined) return undefined;
  if (isAllowed?.(origin) === true) return undefined;
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? undefined : foreign;
  if (origin === undefined || hasKey) return undefined;
  if (!isOwn(origin, request, trustProxy)) return foreign;
  // A proxy shows the gateway by any name it likes.
  if (trustProxy && headers['x-forwarded-host'] !== undefined) return undefined;
  const isLocal = /^(?:127\.|::1$|::ffff:127\.)/.test(request.socket.localAddress ?? '');
  const isLocalName = /^(?:(?:.+\.)?localhost|127\.[\d.]+|\[::1\])$/.test(new URL(origin).hostname);
  return isLocal && !isLocalName ? rebound : undefined;
}

/** Whether an origin is the gateway's own; its scheme is known only from a proxy that ends TLS and says so. */
function isOwn(
  origin: string,
  { headers, host, protocol }: Pick<FastifyRequest, 'headers' | 'host' | 'protocol'>,
  trustProxy: boolean,
): boolean {
  if (!URL.canParse(origin)) return false;
  if (trustProxy && headers['x-forwarded-proto'] !== undefined) {
    const own = `${protocol}://${host}`;
    return URL.canParse(own) && new URL(own).origin === new URL(origin).origin;
  }
  return new URL(origin).host === host;
}
