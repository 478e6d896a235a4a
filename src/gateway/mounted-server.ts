import type { RequestHeaders, Upstream } from '../upstream/upstream.ts';

/** One MCP server as the gateway serves it. */
export interface MountedServer {
  readonly upstream: Upstream;
  /** For a tool to answer. @default the gateway's */
  readonly callTimeoutMs?: number;
  /** The gateway is not ready without it. @default true */
  readonly isRequired?: boolean;
  /** True for the tools that are served. @default all */
  readonly isServed?: (tool: string) => boolean;
  /** Picks those of the caller's headers that the server gets. @default none */
  readonly pickHeaders?: (headers: RequestHeaders) => Readonly<Record<string, string>> | undefined;
}

/** Name in the routes ('' for the only one, at the root) → server. Replaced whole, never changed. */
export type MountedServers = ReadonlyMap<string, MountedServer>;
