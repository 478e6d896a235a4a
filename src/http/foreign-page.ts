import { isIP } from 'node:net';
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
    'A foreign name leads to this gateway, and it has no key: use localhost, or its address; the operator can set --api-key or, behind a proxy, --trust-proxy.',
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
 * Without a key, a page that made its own name point here (DNS rebinding) is known by that name, and reads nothing either.
 */
export function findForeignPage(
  request: Asked,
  { hasKey, trustProxy = false, isAllowed }: OriginPolicy,
): Problem | undefined {
  const { method, headers } = request;
  if (method === 'OPTIONS') return undefined;
  if (method === 'GET' || method === 'HEAD') {
    const isForAll = hasKey || trustProxy || isAllowed?.(undefined) === true;
    return !isForAll && isLocal(request) && canBeRebound(request.host) ? rebound : undefined;
  }
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site === undefined && origin === undefined) return undefined;
  if (isAllowed?.(origin) === true) return undefined;
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? undefined : foreign;
  if (origin === undefined || hasKey) return undefined;
  if (!isOwn(origin, request, trustProxy)) return foreign;
  // A proxy shows the gateway by any name it likes.
  if (trustProxy && headers['x-forwarded-host'] !== undefined) return undefined;
  const isLocalName = /^(?:(?:.+\.)?localhost|127\.[\d.]+|\[::1\])$/.test(new URL(origin).hostname);
  return isLocal(request) && !isLocalName ? rebound : undefined;
}

type Asked = Pick<FastifyRequest, 'method' | 'headers' | 'host' | 'protocol' | 'socket'>;

function isLocal({ socket }: Asked): boolean {
  return /^(?:127\.|::1$|::ffff:127\.)/.test(socket.localAddress ?? '');
}

/**
 * Whether a page of somebody else could be of that host. Reading says nothing else of where it comes from: within its own
 * origin, a browser adds neither header. Addresses are looked up nowhere, and names without a dot, or reserved for private
 * use (RFC 6761 section 6.3; `.internal`, as container engines call this machine), are nobody's; browsers always send one.
 */
function canBeRebound(host: string): boolean {
  if (host === '') return false;
  if (!URL.canParse(`http://${host}`)) return true;
  const name = new URL(`http://${host}`).hostname.replace(/\.$/, '');
  return (
    name.includes('.') && isIP(name) === 0 && !name.startsWith('[') && !/\.(?:localhost|internal)$/.test(name)
  );
}

/** Whether an origin is the gateway's own; its scheme is known only from a proxy that ends TLS and says so. */
function isOwn(origin: string, { headers, host, protocol }: Asked, trustProxy: boolean): boolean {
  if (!URL.canParse(origin)) return false;
  if (trustProxy && headers['x-forwarded-proto'] !== undefined) {
    const own = `${protocol}://${host}`;
    return URL.canParse(own) && new URL(own).origin === new URL(origin).origin;
  }
  return new URL(origin).host === host;
}
