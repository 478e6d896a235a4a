import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { toBaseUrl } from './base-url.ts';
import { toCredentials, type Credential } from './credential.ts';
import { followReference } from './follow-reference.ts';

/** What a sample is made of: the part of an operation that each language says in its own words. */
export interface SampleCall {
  /** Upper case. */
  readonly method: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** As the document spells it. */
  readonly path: string;
  /** Values of the path's templates. */
  readonly pathValues: Readonly<Record<string, string>>;
  /** Absolute, ASCII. */
  readonly url: string;
  /** Undefined when the operation takes none. */
  readonly body: JsonValue | undefined;
  readonly credentials: readonly Credential[];
  /** As the MCP server calls it; undefined for what is no tool. */
  readonly tool: string | undefined;
}

/** An operation, and where it stands in its document. */
export interface OperationPlace {
  readonly path: string;
  /** In either case. */
  readonly method: string;
  readonly operation: JsonObject;
}

/** How samples are made. */
export interface SampleOptions {
  /** Where the gateway answers. @default the document's server, on http://localhost:8000 when that is a path */
  readonly gatewayUrl?: string;
}

/** Longer examples are no samples any more; beside them a command line has limits too. */
const maxBodyLength = 16_384;

/** Reads from a document what it takes to call one of its operations. */
export function toSampleCall(
  document: JsonObject,
  { path, method, operation }: OperationPlace,
  { gatewayUrl }: SampleOptions = {},
): SampleCall {
  const baseUrl = toBaseUrl(serverOf(operation) ?? serverOf(document) ?? '/', gatewayUrl);
  const pathValues = toPathValues(document, path, operation);
  const tool = operation['x-mcp-tool'];
  const filled = path.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => encode(pathValues[name] ?? name));
  return {
    method: method.toUpperCase(),
    baseUrl,
    path,
    pathValues,
    url: `${baseUrl}${toAscii(filled)}`,
    body: /^(?:get|head|trace)$/i.test(method) ? undefined : toBody(document, operation),
    credentials: toCredentials(document, operation),
    tool: typeof tool === 'string' ? tool : undefined,
  };
}

/** The first server's URL, with its variables filled in. */
function serverOf({ servers }: JsonObject): string | undefined {
  const [server] = Array.isArray(servers) ? servers.filter(isJsonObject) : [];
  if (typeof server?.['url'] !== 'string') return undefined;
  const variables = isJsonObject(server['variables']) ? server['variables'] : {};
  return server['url'].replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return isJsonObject(variable) && typeof variable['default'] === 'string' ? variable['default'] : whole;
  });
}

/** Tools have none; operations of other documents may. */
function toPathValues(
  document: JsonObject,
  path: string,
  { parameters }: JsonObject,
): Readonly<Record<string, string>> {
  const known = Array.isArray(parameters)
    ? parameters.map((parameter) => followReference(document, parameter))
    : [];
  const names = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(
    names.map((name) => {
      const example = known.find((found) => found['in'] === 'path' && found['name'] === name)?.['example'];
      const isScalar = typeof example === 'string' || typeof example === 'number';
      return [name, isScalar && example !== '' ? String(example) : name];
    }),
  );
}

function toBody(document: JsonObject, operation: JsonObject): JsonValue | undefined {
  if (operation['requestBody'] === undefined) return undefined;
  const { content } = followReference(document, operation['requestBody']);
  const media = isJsonObject(content) ? content['application/json'] : undefined;
  const example = isJsonObject(media) ? exampleOf(document, media) : undefined;
  if (example === undefined || JSON.stringify(example).length > maxBodyLength) return {};
  return example;
}

function exampleOf(document: JsonObject, media: JsonObject): JsonValue | undefined {
  if (media['example'] !== undefined) return media['example'];
  const [named] = isJsonObject(media['examples']) ? Object.values(media['examples']) : [];
  const value = followReference(document, named)['value'];
  if (value !== undefined) return value;
  const schema = followReference(document, media['schema']);
  const [listed] = Array.isArray(schema['examples']) ? schema['examples'] : [];
  return schema['example'] ?? listed;
}

/** Keeps escapes and what a path may hold (RFC 3986 section 3.3); brackets too are escaped, which curl would expand. */
function toAscii(path: string): string {
  return path.replaceAll(/[^\w\-.~!$&'()*+,;=:@%/]+/g, encode);
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
