import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** Where proxies show the gateway; '' or a path without a slash at its end. */
export interface Prefixes {
  readonly rootPath: string;
  /** Below the root path; everything answers under it as well. */
  readonly pathPrefix: string;
  /** Whether X-Forwarded-* headers are believed. */
  readonly trustProxy: boolean;
}

const maxPrefixLength = 200;

/**
 * Takes the prefixes off a request's target, as far as they are there: proxies pass them on or strip them (ASGI says
 * of `root_path` that either may be). Undefined when there are none.
 */
export function createUrlRewrite({
  rootPath,
  pathPrefix,
}: Prefixes): ((request: Pick<IncomingMessage, 'url'>) => string) | undefined {
  const prefixes = [rootPath, pathPrefix].filter((prefix) => prefix !== '');
  if (prefixes.length === 0) return undefined;
  return ({ url = '/' }) => prefixes.reduce(strip, url);
}

/**
 * The prefix that a trusted proxy has stripped, as it says itself (X-Forwarded-Prefix): '' or a path without a slash
 * at its end. Undefined without one, and for one that is no plain path: it ends up in documents and redirects.
 */
export function forwardedPrefixOf(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { trustProxy }: Prefixes,
): string | undefined {
  if (!trustProxy) return undefined;
  const given = headers['x-forwarded-prefix'];
  if (typeof given !== 'string' || given.length > maxPrefixLength || !plainPath.test(given)) return undefined;
  return given.replace(/\/$/, '');
}

/** Segments that are neither empty nor dots, of characters that mean nothing in a list, a URL or HTML. */
const plainPath = /^(?=\/)(?:\/(?!\.{1,2}(?:\/|$))(?:[\w.~@:+-]|%(?!2[ef]|5c|00)[\da-f]{2})+)*\/?$/i;

function strip(url: string, prefix: string): string {
  if (!url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
