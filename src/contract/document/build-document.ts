import type { JsonObject, JsonValue } from '../../json/value.ts';
import { pick, readBaseDocument, section } from './base-document.ts';
import { createConformity } from './conformity.ts';
import type { ToolSource, UnservedTool } from '../contract.ts';
import { toInfo, type InfoOverrides } from './document-info.ts';
import { toOperationObject } from './operation-object.ts';
import { assignOperationPaths } from './operation-path.ts';
import { createPatternCompiler } from '../validation/pattern.ts';
import { toOperationResponses, type IsRateLimited, type OperationResponses } from './operation-responses.ts';
import { isProxied, takesTokens, toSecuritySchemes, type SecurityOptions } from './security-schemes.ts';
import { serveTools, type ServedTool, type ToolWarning } from './serve-tools.ts';

/** What a document is made from. */
export interface DocumentOptions {
  /** One source whose server is '', or several (or one) with a name each. */
  readonly sources: readonly ToolSource[];
  /** Replaces what the server says of itself. */
  readonly info?: InfoOverrides;
  /** Which credentials open the operations; `api-key` stands for `{ keys: true }`. @default 'none' */
  readonly security?: 'none' | 'api-key' | SecurityOptions;
  /** Where the operations are mounted, as seen by clients: '' or a path without a slash at its end. @default '' */
  readonly rootPath?: string;
  /** Status of the answer when a tool reports a failure. @default 424 */
  readonly toolErrorStatus?: number;
  /** Whose calls are counted. @default nobody's */
  readonly isRateLimited?: IsRateLimited | undefined;
  /** Calls may need what gateways share, and are refused while that is away. @default false */
  readonly needsShared?: boolean;
}

/** A document, not yet canonical, and what did not make it into it. */
export interface BuiltDocument {
  readonly document: JsonObject;
  readonly unserved: readonly UnservedTool[];
  readonly warnings: readonly ToolWarning[];
}

/**
 * Builds the OpenAPI 3.1 document of one or several MCP servers: one POST operation a tool.
 *
 * The order of sources and tools makes no difference. Tools that cannot be served are left out and named in
 * `x-unserved-tools`. Rules MAP-40 and following of spec/mapping.md.
 */
export function buildDocument(options: DocumentOptions): BuiltDocument {
  const { sources, rootPath = '', security = 'none', toolErrorStatus = 424, isRateLimited } = options;
  const base = readBaseDocument();
  const schemes = toSecuritySchemes(base, security);
  const isSecured = schemes !== undefined;
  const { served, unserved, warnings } = serveTools(sources);
  const answers = toOperationResponses(base, served, {
    isSecured,
    isProxied: isProxied(security),
    takesTokens: takesTokens(security),
    toolErrorStatus,
    isRateLimited,
    needsShared: options.needsShared ?? false,
  });
  const compilePattern = createPatternCompiler();
  const context = {
    base,
    compilePattern,
    conforms: createConformity(compilePattern),
  };
  const operations = served.map((tool) => [
    tool.path,
    { post: toOperationObject(tool, { ...context, responses: answers.of(tool) }) },
  ]);
  const names = [...new Set(sources.map(({ server }) => server))]
    .filter((server) => server !== '')
    .toSorted();
  const document: JsonObject = {
    openapi: base['openapi'] ?? '3.1.0',
    info: toInfo(section(base, 'info'), sources, options.info),
    servers: [{ url: rootPath === '' ? '/' : rootPath }],
    security: Object.keys(schemes ?? {}).map((name) => ({ [name]: [] })),
    ...(names.length === 0 ? {} : { tags: names.map((name) => toTag(name, sources)) }),
    paths: Object.fromEntries(operations),
    components: toComponents(base, served, answers, schemes),
    ...(unserved.length === 0 ? {} : { 'x-unserved-tools': unserved.map(toUnservedEntry) }),
  };
  return { document, unserved, warnings };
}

/**
 * Builds one server's own document out of the options of the merged one: the same paths, relative to its mount.
 *
 * @param server the name of one of the sources
 */
export function buildServerDocument(options: DocumentOptions, server: string): BuiltDocument {
  const keys = options.sources.map((source) => ({ server: '', tool: source.server }));
  const mounts = assignOperationPaths(keys);
  const index = options.sources.findIndex((source) => source.server === server);
  const source = options.sources[index];
  if (source === undefined) throw new Error(`there is no server ${JSON.stringify(server)}`);
  const rootPath = `${options.rootPath ?? ''}${mounts[index] ?? ''}`;
  const { isRateLimited } = options;
  return buildDocument({
    ...options,
    rootPath,
    sources: [{ ...source, server: '' }],
    isRateLimited: isRateLimited && ((_, tool) => isRateLimited(server, tool)),
  });
}

function toTag(name: string, sources: readonly ToolSource[]): JsonObject {
  const serverInfo = sources.find(({ server }) => server === name)?.serverInfo;
  const title = serverInfo?.title ?? serverInfo?.name;
  return title === undefined || title === name ? { name } : { name, description: title };
}

function toComponents(
  base: JsonObject,
  served: readonly ServedTool[],
  { components: responses, hasLimits }: OperationResponses,
  schemes: JsonObject | undefined,
): JsonObject {
  const components = section(base, 'components');
  const isPlainResultUsed = served.some(({ output }) => output === undefined);
  const { WwwAuthenticate, RateLimit, RateLimitPolicy, ...headers } = section(components, 'headers');
  const toolSchemas: (readonly [string, JsonValue])[] = served.flatMap((tool) => [...tool.components]);
  return {
    headers: {
      ...headers,
      ...(schemes !== undefined && WwwAuthenticate !== undefined && { WwwAuthenticate }),
      ...(hasLimits && RateLimit !== undefined && { RateLimit }),
      ...(hasLimits && RateLimitPolicy !== undefined && { RateLimitPolicy }),
    },
    responses: {
      ...responses,
      ...(isPlainResultUsed ? pick(section(components, 'responses'), ['ToolResult']) : {}),
    },
    schemas: { ...section(components, 'schemas'), ...Object.fromEntries(toolSchemas) },
    ...(schemes === undefined ? {} : { securitySchemes: schemes }),
  };
}

function toUnservedEntry({ server, tool, pointer, reason }: UnservedTool): JsonObject {
  return { ...(server === '' ? {} : { server }), tool, pointer, reason };
}
