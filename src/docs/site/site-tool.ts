import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { PublishedDocument } from './site.ts';

/** A tool as documentation speaks of it: one operation of a document. */
export interface SiteTool {
  /** '' for the only server. */
  readonly server: string;
  /** As the MCP server calls it. */
  readonly name: string;
  readonly operationId: string;
  /** Lower case. */
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly operation: JsonObject;
}

/**
 * The tools of a document, in its order of paths. Documents of other gateways have tools too: each operation is one. No
 * two of a server have the same name.
 */
export function listSiteTools({ document, server }: PublishedDocument): readonly SiteTool[] {
  const seen = new Set<string>();
  return listOperations(document).map(({ method, path, operation }) => {
    const tool = toSiteTool({ method, path, operation, server });
    const key = `${tool.server}\0${tool.name}`;
    // Only a faulty document names two alike.
    if (seen.has(key)) return { ...tool, name: `${method} ${path}` };
    seen.add(key);
    return tool;
  });
}

function listOperations(document: JsonObject): readonly Pick<SiteTool, 'method' | 'path' | 'operation'>[] {
  const paths = isJsonObject(document['paths']) ? document['paths'] : {};
  return Object.entries(paths).flatMap(([path, item]) => {
    if (!isJsonObject(item)) return [];
    return Object.entries(item).flatMap(([method, operation]) =>
      methods.has(method) && isJsonObject(operation) ? [{ method, path, operation }] : [],
    );
  });
}

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

function toSiteTool({
  method,
  path,
  operation,
  server,
}: Pick<SiteTool, 'method' | 'path' | 'operation' | 'server'>): SiteTool {
  const operationId = textIn(operation, 'operationId') ?? `${method} ${path}`;
  const name = textIn(operation, 'x-mcp-tool') ?? operationId;
  return {
    server: server === '' ? (textIn(operation, 'x-mcp-server') ?? '') : server,
    name,
    operationId,
    method,
    path,
    summary: textIn(operation, 'summary') ?? name,
    description: textIn(operation, 'description') ?? '',
    operation,
  };
}

function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
