import type { CallOrigin, RequestHeaders, Upstream } from '../upstream/upstream.ts';
import type { CallTimes } from './call-times.ts';

/** One MCP server as the gateway serves it. */
export interface MountedServer {
  readonly upstream: Upstream;
  /** How long calls of a tool may take. @default the gateway's */
  readonly callTimes?: (tool: string) => CallTimes;
  /** The gateway is not ready without it. @default true */
  readonly isRequired?: boolean;
  /** True for the tools that are served. @default all */
  readonly isServed?: (tool: string) => boolean;
  /** Picks those of the caller's headers that the server gets. @default none */
  readonly pickHeaders?: (headers: RequestHeaders) => Readonly<Record<string, string>> | undefined;
  /** Tells users apart who have a session each, by what may be a secret. @default all share one */
  readonly identify?: (origin: CallOrigin) => string | undefined;
}

/** Name in the routes ('' for the only one, at the root) → server. Replaced whole, never changed. */
export type MountedServers = ReadonlyMap<string, MountedServer>;
