import { canonicalize } from '../../contract/canonicalize.ts';
import { toServerShare } from '../../contract/document/server-share.ts';
import { keepUsedComponents } from '../../contract/document/used-components.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { listSiteTools, type SiteTool } from './site-tool.ts';
import type { MissingServer, PublishedDocument, SiteContract } from './site.ts';

/**
 * What a site is made from when there is only a document: one of ours that holds several servers is taken apart.
 *
 * @param document OpenAPI 3.x
 */
export function toSiteContract(document: JsonObject, missing: readonly MissingServer[] = []): SiteContract {
  const merged = toPublished('', document);
  const mounts = findMounts(listSiteTools(merged));
  const servers = [...mounts].map(([server, mount]) =>
    toPublished(
      server,
      entitle(keepUsedComponents(toServerShare(merged.document, server, mount)), server, document),
    ),
  );
  return { merged, servers, missing };
}

/** A document in its canonical form. */
export function toPublished(server: string, document: JsonObject): PublishedDocument {
  const { document: canonical, json } = canonicalize(document);
  return { server, document: canonical, json };
}

/** Server → the first segment of all of its paths, by name; nobody where the operations do not sit like that. */
function findMounts(tools: readonly SiteTool[]): ReadonlyMap<string, string> {
  const mounts = new Map<string, string>();
  for (const { server, path, method } of tools) {
    const mount = /^(\/[^/]+)\/[^/]/.exec(path)?.[1];
    if (server === '' || mount === undefined || method !== 'post') return new Map();
    if ((mounts.get(server) ?? mount) !== mount) return new Map();
    mounts.set(server, mount);
  }
  return new Map([...mounts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** With the name of the server in place of that of the gateway. */
function entitle(share: JsonObject, server: string, merged: JsonObject): JsonObject {
  const tags = Array.isArray(merged['tags']) ? merged['tags'] : [];
  const tag = tags.find((each) => isJsonObject(each) && each['name'] === server);
  const said = isJsonObject(tag) ? tag['description'] : undefined;
  const info = isJsonObject(share['info']) ? share['info'] : {};
  const title = typeof said === 'string' && said !== '' ? said : server;
  return { ...share, info: { ...info, title, description: `The tools of the MCP server ${server}.` } };
}
