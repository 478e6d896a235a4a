import type { RateLimit } from '../limits/rate-limit.ts';
import type { HeaderForwarding } from '../upstream/header-forwarding.ts';
import type { OauthOptions } from '../upstream/oauth/oauth-options.ts';
import type { ReplicaPolicy } from '../upstream/replicas/scaler.ts';
import type { SessionPolicy } from '../upstream/users/session-policy.ts';

/** How one MCP server is reached, and what of it is served. */
export type ServerSettings = StdioServerSettings | RemoteServerSettings;

/** A child process that speaks over stdio. */
export interface StdioServerSettings extends CommonServerSettings {
  readonly type: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the small allow-list of the environment that children get. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** How many of them run, at the least and under load; not together with `session`. @default one, ever */
  readonly replicas?: ReplicaPolicy;
}

/** A server that listens elsewhere; `auto` asks it for streamable HTTP first, and falls back to SSE. */
export interface RemoteServerSettings extends CommonServerSettings {
  readonly type: 'auto' | 'sse' | 'streamable-http';
  /** Used exactly as written. */
  readonly url: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly oauth?: OauthOptions;
}

/** What both kinds of servers have. */
export interface CommonServerSettings {
  /** In routes, in logs, in /readyz and in metrics. */
  readonly name: string;
  /** Names of the tools that are served. @default all */
  readonly enabledTools?: readonly string[];
  /** Names of tools that are not served; wins over `enabledTools`. */
  readonly disabledTools?: readonly string[];
  /** For a tool to answer. @default the gateway's */
  readonly callTimeoutMs?: number;
  /** Tool → for that one. @default the server's */
  readonly toolTimeoutsMs?: ReadonlyMap<string, number>;
  /** How far progress may extend a call. @default the gateway's */
  readonly maxCallTimeMs?: number;
  /** Calls sent over a connection and not yet settled. @default the gateway's */
  readonly maxInFlight?: number;
  /** Calls waiting for that. @default the gateway's */
  readonly maxQueue?: number;
  /** How often each client may call it, beside what holds for all calls. @default as often as that allows */
  readonly rateLimit?: RateLimit;
  /** Tool → the same for that one. */
  readonly toolRateLimits?: ReadonlyMap<string, RateLimit>;
  /** /readyz answers 503 until it is connected. @default false, but for the only server */
  readonly isRequired?: boolean;
  /** Which of the caller's headers reach the server. @default none */
  readonly headerForwarding?: HeaderForwarding;
  /** A session of its own for each user. @default one for all */
  readonly session?: SessionPolicy;
}

/**
 * A readable name for a command line: what `npx`, `uvx`, `node` or `python` runs, else the command itself.
 *
 * @example serverNameFor('npx', ['-y', '@modelcontextprotocol/server-everything']) // 'server-everything'
 */
export function serverNameFor(command: string, args: readonly string[]): string {
  const program = baseName(command).replace(/\.(?:exe|cmd|bat)$/i, '');
  const isRunner = /^(?:npx|bunx|uvx|uv|pipx|node|bun|deno|python[\d.]*|docker|podman)$/.test(program);
  const target = isRunner ? args.find(isTarget) : undefined;
  const name = baseName(target ?? program)
    .replace(/(?<=.)@[^@]*$/, '')
    .replace(/\.(?:[cm]?[jt]s|py)$/, '');
  return name === '' ? 'server' : name;
}

// Neither an option, nor a verb of the runner, nor an assignment, nor program text given with -e or -c.
function isTarget(arg: string): boolean {
  return /^[\w@./\\:+~-]+$/.test(arg) && !arg.startsWith('-') && !['run', 'tool', 'exec', 'x'].includes(arg);
}

function baseName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
