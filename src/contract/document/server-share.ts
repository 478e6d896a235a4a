import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { section } from './base-document.ts';

/**
 * One server's share of a merged document, with paths relative to its mount: the document of a server whose tools are
 * held to a committed contract. Operations and components keep the names that they have there.
 *
 * @param mount the path that the server's operations have in common, without a slash at its end
 */
export function toServerShare(merged: JsonObject, server: string, mount: string): JsonObject {
  const { servers, paths: _paths, tags: _tags, 'x-unserved-tools': unserved, ...rest } = merged;
  const paths = Object.entries(section(merged, 'paths')).filter(([, item]) => isOf(item, server));
  const left = Array.isArray(unserved)
    ? unserved.filter((entry) => isJsonObject(entry) && entry['server'] === server)
    : [];
  return {
    ...rest,
    servers: [{ url: `${baseOf(servers)}${mount}` }],
    paths: Object.fromEntries(paths.map(([path, item]) => [path.slice(path.indexOf('/', 1)), item])),
    ...(left.length > 0 && { 'x-unserved-tools': left }),
  };
}

function isOf(item: unknown, server: string): boolean {
  return isJsonObject(item) && isJsonObject(item['post']) && item['post']['x-mcp-server'] === server;
}

function baseOf(servers: unknown): string {
  const first: unknown = Array.isArray(servers) ? servers[0] : undefined;
  const url = isJsonObject(first) ? first['url'] : undefined;
  return typeof url === 'string' && url !== '/' ? url : '';
}
