import type { IncomingMessage } from 'node:http';
import { forwardedPrefixOf, type Prefixes } from './prefixes.ts';
import { rawPath } from './raw-path.ts';

/** A request as far as its address goes. */
export interface Addressed {
  readonly headers: IncomingMessage['headers'];
  /** As it was asked for, with all prefixes that came with it. */
  readonly originalUrl: string;
  /** Without them. */
  readonly url: string;
}

/**
 * Where the gateway is, as seen from the page at the address that was asked for; it ends with a slash.
 *
 * Where proxies show the gateway is known only from the root path or from a trusted proxy. Else the address is relative
 * to what the browser asked for, so that a prefix we know nothing of stays before it.
 */
export function rootFrom({ headers, originalUrl, url }: Addressed, prefixes: Prefixes): string {
  const root = forwardedPrefixOf({ headers }, prefixes) ?? prefixes.rootPath;
  if (root !== '') return `${root}${prefixes.pathPrefix}/`;
  const path = rawPath(url);
  if (path !== '/') return `./${'../'.repeat(path.split('/').length - 2)}`;
  // The prefix itself, without a slash at its end: browsers see its last segment as a page beside others.
  const last = prefixes.pathPrefix.slice(prefixes.pathPrefix.lastIndexOf('/') + 1);
  return last === '' || rawPath(originalUrl).endsWith('/') ? './' : `./${last}/`;
}

/** The URL of `address` for whoever sent the request, as far as the request tells. */
export function absoluteUrl(
  address: string,
  { originalUrl, protocol, host }: Pick<Addressed, 'originalUrl'> & { protocol: string; host: string },
): string {
  const origin = `${protocol}://${host}`;
  const base = URL.canParse(origin) ? new URL(origin).origin : 'http://localhost';
  return new URL(address, `${base}${rawPath(originalUrl)}`).href;
}
