import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';

/** One tool, as a document describes its endpoint. */
export interface RestOperation {
  /** `x-mcp-tool`, or else the last segment of the path. */
  readonly tool: string;
  /** As the document has it. */
  readonly path: string;
  readonly url: string;
  readonly source: JsonObject;
  /** The schema of the body, with what it refers to; undefined when the operation has no JSON body. */
  readonly inputSchema: JsonObject | undefined;
  readonly isSecured: boolean;
}

/** An OpenAPI document, as far as the checks need it. */
export interface RestDocument {
  readonly source: JsonObject;
  /** `3.1.0`. */
  readonly version: string;
  /** True when mcpo-toolkit made it: it carries its digest. */
  readonly isCanonical: boolean;
  /** One for each path that takes POST. */
  readonly operations: readonly RestOperation[];
  /** What a local reference leads to; the value itself where it is none. */
  readonly resolve: (value: JsonValue | undefined) => JsonObject;
}

const MAX_STEPS = 20;

/** Reads what the checks need of a document; never throws for what it holds. */
export function readRestDocument(source: JsonObject, baseUrl: string): RestDocument {
  const resolve = (value: JsonValue | undefined): JsonObject => resolveReference(source, value);
  const root = toRootUrl(source, baseUrl);
  const paths = toObject(source['paths']);
  const found = Object.entries(paths).flatMap(([path, item]) => {
    const post = toObject(item)['post'];
    return isJsonObject(post) ? [{ path, post }] : [];
  });
  return {
    source,
    version: typeof source['openapi'] === 'string' ? source['openapi'] : '',
    isCanonical: typeof source['x-contract-digest'] === 'string',
    operations: withUniqueNames(
      found.map(({ path, post }) => ({
        tool: toToolName(path, post),
        path,
        url: `${root}${path}`,
        source: post,
        inputSchema: toInputSchema(source, resolve(post['requestBody'])),
        isSecured: isSecured(post['security'] ?? source['security']),
      })),
    ),
    resolve,
  };
}

/** Follows a JSON Pointer (RFC 6901) from the root of a document; undefined where it leads nowhere. */
export function followPointer(document: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = decode(token).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key]; // an array has its indices as keys
  }
  return value;
}

function resolveReference(source: JsonObject, value: JsonValue | undefined): JsonObject {
  let current = value;
  for (let steps = 0; steps < MAX_STEPS && isJsonObject(current); steps += 1) {
    const { $ref } = current;
    if (typeof $ref !== 'string') return current;
    current = $ref.startsWith('#') ? followPointer(source, $ref.slice(1)) : undefined;
  }
  return {};
}

/** Where the paths begin (OpenAPI 3.1 section 4.8.5): the first server, relative to where the document is. */
function toRootUrl(source: JsonObject, baseUrl: string): string {
  const { servers } = source;
  const [first] = Array.isArray(servers) ? (servers as readonly JsonValue[]) : [];
  const { url } = toObject(first);
  if (typeof url !== 'string' || url === '') return baseUrl;
  try {
    const resolved = new URL(url, `${baseUrl}/openapi.json`);
    // A document may name another host, as the one that it was written for; what is tested is the one that was named.
    return `${new URL(baseUrl).origin}${resolved.pathname}`.replace(/\/+$/, '');
  } catch {
    return baseUrl;
  }
}

function toToolName(path: string, post: JsonObject): string {
  const { 'x-mcp-tool': name } = post;
  return typeof name === 'string' ? name : decode(path.split('/').at(-1) ?? '');
}

/** Servers behind one gateway may have tools of one name; each stands for itself by its operationId or path. */
function withUniqueNames(operations: readonly RestOperation[]): readonly RestOperation[] {
  const counts = new Map<string, number>();
  for (const { tool } of operations) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  return operations.map((operation) => {
    if (counts.get(operation.tool) === 1) return operation;
    const { operationId } = operation.source;
    return { ...operation, tool: typeof operationId === 'string' ? operationId : operation.path };
  });
}

function toInputSchema(source: JsonObject, body: JsonObject): JsonObject | undefined {
  const content = toObject(body['content']);
  const { schema } = toObject(content['application/json']);
  if (schema === undefined || schema === null) return undefined;
  const { components, paths } = source;
  const schemas = isJsonObject(schema) ? schema : { allOf: [schema] };
  // References lead from the root of the document: mostly to its components.
  const needsPaths = JSON.stringify([schema, components ?? null]).includes('"#/paths/');
  return {
    ...schemas,
    ...(components !== undefined && { components }),
    ...(needsPaths && paths !== undefined && { paths }),
  };
}

/** An empty list asks for nothing, and so does a list with an empty alternative (OpenAPI 3.1 section 4.8.30). */
function isSecured(security: JsonValue | undefined): boolean {
  if (!Array.isArray(security) || security.length === 0) return false;
  return !security.some((choice) => isJsonObject(choice) && Object.keys(choice).length === 0);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
