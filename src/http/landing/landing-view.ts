import type { Permissions } from '../../authorization/permissions.ts';
import type { Operation } from '../../contract/contract.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ServerStatus } from '../../gateway/server-status.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { Access } from '../checks.ts';
import { statusOf } from '../health.ts';
import { countSeen } from '../seen-status.ts';
import { findHiddenTool } from '../visibility.ts';

/** What the page at the root, or at a server's own path, shows. */
export interface LandingView {
  /** '' for all servers. */
  readonly server: string;
  readonly title: string;
  readonly description: string;
  /** As /readyz says. */
  readonly status: string;
  readonly contract: string;
  readonly needsKey: boolean;
  /** Whether the caller may read the metrics, which name every tool. */
  readonly hasMetrics: boolean;
  readonly servers: readonly LandingServer[];
  readonly tools: readonly LandingTool[];
}

/** One server and how it is. */
export interface LandingServer {
  readonly name: string;
  /** Where its pages are, below the gateway's; '' for the only server. */
  readonly mount: string;
  readonly state: ServerStatus['state'];
  readonly isRequired: boolean;
  readonly tools: number;
  /** Whether it has pages of its own by now. */
  readonly isKnown: boolean;
  /** Where a person lets the gateway in; only for those who may. */
  readonly authorizationUrl?: string;
}

/** One tool, in a line. */
export interface LandingTool {
  readonly name: string;
  readonly server: string;
  /** As requests have it, below the gateway's root. */
  readonly path: string;
  readonly summary: string;
  /** To its place in the docs page of the same document; undefined where that does not show it. */
  readonly anchor?: string;
  /** Arguments to begin with, as JSON text. */
  readonly example: string;
}

/** How much of a description is looked at for its first line. */
const maxDescription = 2_000;
const maxSummary = 200;
const maxExample = 2_000;

/**
 * Takes what the page shows out of a gateway.
 *
 * @param shown the document that the pages beside it show
 * @param seen what the caller may know of; undefined: everything
 */
export function toLandingView(
  gateway: Gateway,
  server: string,
  shown: JsonObject,
  { mayAct }: Access,
  seen?: Permissions,
): LandingView {
  const { contract, mounts } = gateway;
  const all = gateway.status();
  const names = [...mounts.keys()];
  const servers = all.flatMap((status, index) => {
    const name = names[index] ?? '';
    return (server === '' || name === server) && seen?.allowsOf(name) !== false
      ? [toServer(gateway, { name, mount: mounts.get(name) ?? '', status, mayAct, seen })]
      : [];
  });
  const info = isJsonObject(shown['info']) ? shown['info'] : {};
  const mount = mounts.get(server) ?? '';
  return {
    server,
    title: textIn(info, 'title') ?? 'Tools',
    description: cut(textIn(info, 'description') ?? '', maxDescription),
    status: statusOf(gateway, all),
    contract: contract.digest,
    needsKey: isJsonObject(contract.document['components']) && hasSchemes(contract.document['components']),
    hasMetrics: findHiddenTool(gateway, seen) === undefined,
    servers,
    tools: contract.operations
      .filter(
        (operation) => (server === '' || operation.server === server) && seen?.allows(operation) !== false,
      )
      .map((operation) => toTool(contract.document, shown, operation, mount)),
  };
}

function toServer(
  gateway: Gateway,
  server: {
    readonly name: string;
    readonly mount: string;
    readonly status: ServerStatus;
    readonly mayAct: boolean;
    readonly seen: Permissions | undefined;
  },
): LandingServer {
  const { name, mount, status, mayAct, seen } = server;
  const { state } = status;
  return {
    // The only server has no name in paths.
    name: name === '' ? status.name : name,
    mount,
    state,
    isRequired: status.isRequired,
    tools: seen === undefined ? status.tools : countSeen(gateway, name, seen),
    isKnown: gateway.findUnknown(name) === undefined,
    ...(state.kind === 'awaiting_authorization' &&
      mayAct &&
      /^https?:\/\//i.test(state.url) && { authorizationUrl: state.url }),
  };
}

function toTool(document: JsonObject, shown: JsonObject, operation: Operation, mount: string): LandingTool {
  const { path, server, tool } = operation;
  const own = postAt(document, path) ?? {};
  const there = postAt(shown, path.slice(mount.length));
  return {
    name: tool,
    server,
    path,
    summary: summaryOf(own, tool),
    ...(there !== undefined && { anchor: anchorOf(there, operation) }),
    example: exampleOf(own),
  };
}

function postAt(document: JsonObject, path: string): JsonObject | undefined {
  const paths = isJsonObject(document['paths']) ? document['paths'] : {};
  const item = Object.hasOwn(paths, path) ? paths[path] : undefined;
  return isJsonObject(item) && isJsonObject(item['post']) ? item['post'] : undefined;
}

function summaryOf(operation: JsonObject, tool: string): string {
  const description = (textIn(operation, 'description') ?? '').slice(0, maxDescription).trim();
  const [line = ''] = description.split(/\n|(?<=[.!?])\s/, 1);
  const summary = textIn(operation, 'summary') ?? '';
  return cut(line.trim() || (summary === tool ? '' : summary), maxSummary);
}

/** As Swagger UI names its places. */
function anchorOf(operation: JsonObject, { operationId }: Operation): string {
  const [tag = 'default'] = Array.isArray(operation['tags']) ? operation['tags'] : [];
  const id = textIn(operation, 'operationId') ?? operationId;
  return `#/${encodeURIComponent(String(tag))}/${encodeURIComponent(id)}`;
}

function exampleOf(operation: JsonObject): string {
  let value: unknown = operation;
  for (const key of ['requestBody', 'content', 'application/json', 'example']) {
    value = isJsonObject(value) ? value[key] : undefined;
  }
  const text = value === undefined ? '{}' : JSON.stringify(value);
  return text.length <= maxExample ? text : '{}';
}

function hasSchemes({ securitySchemes }: JsonObject): boolean {
  return isJsonObject(securitySchemes) && Object.keys(securitySchemes).length > 0;
}

/** Half a character at the end is none. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
