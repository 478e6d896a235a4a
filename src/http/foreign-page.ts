import type { IncomingMessage } from 'node:http';
import type { Problem } from '../errors.ts';

const foreign: Problem = {
  code: 'forbidden',
  detail: 'Pages of other origins may not call this gateway from a browser.',
};
const rebound: Problem = {
  code: 'forbidden',
  detail:
    'A browser calls this gateway by a foreign name, and it has no key; the operator can set --api-key.',
};

/**
 * Says why a browser's request may not pass: any page a user opens could call the tools of a gateway on their machine.
 *
 * Browsers name where a request comes from (Fetch Metadata; Origin, RFC 6454 section 7), other clients send neither.
 * Without a key, a page that made its own name point here (DNS rebinding) is known by that name.
 */
export function findForeignPage(
  { method, headers, socket }: IncomingMessage,
  hasKey: boolean,
): Problem | undefined {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? undefined : foreign;
  const { origin, host } = headers;
  if (origin === undefined || hasKey) return undefined;
  if (!URL.canParse(origin) || new URL(origin).host !== host) return foreign;
  const isLocal = /^(?:127\.|::1$|::ffff:127\.)/.test(socket.localAddress ?? '');
  const isLocalName = /^(?:(?:.+\.)?localhost|127\.[\d.]+|\[::1\])$/.test(new URL(origin).hostname);
  return isLocal && !isLocalName ? rebound : undefined;
}
