import type { Contract, Operation, ToolSource } from '../contract/contract.ts';
import type { InfoOverrides } from '../contract/document/document-info.ts';
import type { JsonObject } from '../json/value.ts';
import { toRef } from './known-keys.ts';
import { titleOf, toTitle, toWord } from './python-text.ts';
import { findTool, toToolForm, type ToolForm } from './tool-form.ts';

/** What the documents of all servers share. */
export interface McpoDocumentOptions {
  readonly contract: Contract;
  readonly sources: readonly ToolSource[];
  readonly mounts: ReadonlyMap<string, string>;
  readonly info: InfoOverrides;
  readonly hasKey: boolean;
  /** Where a proxy shows the gateway: '' or a path without a slash at its end. */
  readonly rootPath: string;
  /** The path below it that servers are mounted at, likewise. */
  readonly pathPrefix: string;
}

/** The document of the gateway's only server, at the root. */
export function toOnlyDocument(options: McpoDocumentOptions): JsonObject {
  const [source] = options.sources;
  return {
    openapi: '3.1.0',
    info: toInfo(source, options.info),
    ...toServers(options.rootPath),
    ...toContent(options, ''),
  };
}

/** The document above several servers: no tools, and where to find those that are connected. */
export function toRootDocument(options: McpoDocumentOptions): JsonObject {
  const info = toOwnInfo(options.info);
  const connected = new Set(options.sources.map(({ server }) => server));
  const links = [...options.mounts]
    .filter(([name]) => connected.has(name))
    .map(([name, mount]) => `\n    - [${name}](${options.pathPrefix}${mount}/docs)`);
  const list = links.length === 0 ? '' : `\n\n- **available tools**：${links.join('')}`;
  return {
    openapi: '3.1.0',
    info: { ...info, description: `${info.description}${list}` },
    ...toServers(options.rootPath),
    paths: {},
  };
}

/** The document of one of several servers. */
export function toMountedDocument(options: McpoDocumentOptions, server: string): JsonObject {
  const source = options.sources.find((candidate) => candidate.server === server);
  return {
    openapi: '3.1.0',
    info: toInfo(source, { title: server }),
    ...toServers(`${options.rootPath}${options.pathPrefix}${options.mounts.get(server) ?? ''}`),
    ...toContent(options, server),
  };
}

interface Info {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

function toOwnInfo({ title, description, version }: InfoOverrides): Info {
  return {
    title: title ?? 'MCP OpenAPI Proxy',
    description: description ?? 'Automatically generated API from MCP Tool Schemas',
    version: version ?? '1.0',
  };
}

/** What the server says of itself comes before what the user says. */
function toInfo(source: ToolSource | undefined, info: InfoOverrides): JsonObject {
  const own = toOwnInfo(info);
  const { serverInfo, instructions } = source ?? {};
  const name = serverInfo?.name ?? '';
  const described = name === '' ? own.description : `${name} MCP Server`;
  return {
    title: name === '' ? own.title : name,
    description: instructions === undefined || instructions === '' ? described : instructions,
    version: serverInfo?.version ?? own.version,
  };
}

function toServers(url: string): JsonObject {
  return url === '' ? {} : { servers: [{ url }] };
}

function toContent(options: McpoDocumentOptions, server: string): JsonObject {
  const taken = new Set(Object.keys(validationSchemas));
  const ids = new Set<string>();
  const schemas = new Map<string, JsonObject>();
  const paths = listedOrder(options, server).map((operation) => {
    const form = toToolForm(operation, { ...options, taken });
    for (const part of [form.arguments, form.result]) {
      for (const [name, schema] of part?.schemas ?? []) schemas.set(name, schema);
    }
    const id = toUnusedId(operation.tool, ids);
    return [pathBelow(operation), { post: toOperation(operation, form, id, options) }] as const;
  });
  const components = {
    ...(schemas.size > 0 && { schemas: sortSchemas(schemas) }),
    ...(options.hasKey &&
      paths.length > 0 && { securitySchemes: { HTTPBearer: { type: 'http', scheme: 'bearer' } } }),
  };
  return {
    paths: Object.fromEntries(paths),
    ...(Object.keys(components).length > 0 && { components }),
  };
}

/** The server's operations, in the order in which it lists its tools. */
function listedOrder({ contract, sources }: McpoDocumentOptions, server: string): readonly Operation[] {
  const ranks = new Map(
    sources.find((source) => source.server === server)?.tools.map(({ name }, index) => [name, index]),
  );
  return contract.operations
    .filter((operation) => operation.server === server)
    .toSorted((left, right) => (ranks.get(left.tool) ?? ranks.size) - (ranks.get(right.tool) ?? ranks.size));
}

function toOperation(
  operation: Operation,
  form: ToolForm,
  operationId: string,
  { sources, hasKey }: McpoDocumentOptions,
): JsonObject {
  const { tool } = operation;
  const description = findTool(operation, sources)?.description?.trim();
  return {
    summary: toTitle(tool.replaceAll('_', ' ')),
    ...(description !== undefined && description !== '' && { description }),
    operationId,
    ...(form.arguments !== undefined && {
      requestBody: {
        content: { 'application/json': { schema: toRef(form.arguments.component) } },
        required: form.arguments.model.fields.length > 0 || operation.isBodyRequired,
      },
    }),
    responses: {
      '200': {
        description: 'Successful Response',
        content: { 'application/json': { schema: toResponse(form, operationId) } },
      },
      ...(form.arguments !== undefined && {
        '422': {
          description: 'Validation Error',
          content: { 'application/json': { schema: toRef('HTTPValidationError') } },
        },
      }),
    },
    ...(hasKey && { security: [{ HTTPBearer: [] }] }),
  };
}

function toResponse(form: ToolForm, operationId: string): JsonObject {
  if (form.arguments === undefined) return {};
  const title = titleOf(`Response_${operationId}`);
  return form.result === undefined ? { title } : { anyOf: [toRef(form.result.component), {}], title };
}

/** Tools whose names differ in other characters only would share an id. */
function toUnusedId(tool: string, ids: Set<string>): string {
  const plain = `tool_${toWord(tool)}_post`;
  let candidate = plain;
  for (let count = 2; ids.has(candidate); count += 1) candidate = `${plain}_${count}`;
  ids.add(candidate);
  return candidate;
}

function pathBelow({ server, path }: Operation): string {
  return server === '' ? path : path.slice(path.indexOf('/', 1));
}

function sortSchemas(schemas: ReadonlyMap<string, JsonObject>): JsonObject {
  const all = new Map([...Object.entries(validationSchemas), ...schemas]);
  return Object.fromEntries([...all].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

const validationSchemas: Readonly<Record<string, JsonObject>> = {
  HTTPValidationError: {
    properties: { detail: { items: toRef('ValidationError'), type: 'array', title: 'Detail' } },
    type: 'object',
    title: 'HTTPValidationError',
  },
  ValidationError: {
    properties: {
      loc: { items: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, type: 'array', title: 'Location' },
      msg: { type: 'string', title: 'Message' },
      type: { type: 'string', title: 'Error Type' },
    },
    type: 'object',
    required: ['loc', 'msg', 'type'],
    title: 'ValidationError',
  },
};
