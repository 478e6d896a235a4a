import type { Logger } from '../../logger.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { Authorization } from '../oauth/authorization.ts';
import { Supervisor } from '../supervision/supervisor.ts';
import { TrafficCounter } from '../traffic.ts';
import type { StartableUpstream } from '../upstream.ts';

/** How to reach one server over HTTP and how far to trust it. */
export interface RemoteUpstreamOptions {
  readonly name: string;
  /** `auto`: streamable HTTP, and HTTP+SSE when the server does not know that. */
  readonly type: 'auto' | 'sse' | 'streamable-http';
  /** Used as written: nothing is added to its path. */
  readonly url: string;
  /** Sent with every request; they win over those forwarded from a caller. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What we call ourselves in initialize. */
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly logger: Logger;
  /** For connecting, initialize and the first tools/list; not while a person is waited for. @default 60000 */
  readonly startTimeoutMs?: number;
  /** @default 268435456 (256 MiB) */
  readonly maxMessageBytes?: number;
  /** Calls sent and not yet settled. @default 1000 */
  readonly maxInFlight?: number;
  /** Calls waiting for the window. @default 1000 */
  readonly maxQueue?: number;
  /** Makes, when first needed, what lets us in where a person's consent is asked for (MCP basic/authorization). @default nothing */
  readonly authorization?: () => Promise<Authorization>;
  /** After a loss, calls that were certainly not run wait this long for the next session. @default 5000 */
  readonly healMs?: number;
  /** See SupervisorOptions for the defaults. */
  readonly backoff?: {
    readonly minBackoffMs?: number;
    readonly maxBackoffMs?: number;
    readonly stableAfterMs?: number;
  };
  /** @default the system's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: () => number;
}

/**
 * An MCP server spoken to over streamable HTTP or HTTP+SSE (MCP basic/transports).
 *
 * @example
 * const upstream = createRemoteUpstream({
 *   name: 'search',
 *   type: 'auto',
 *   url: 'https://mcp.example.com/mcp',
 *   headers: { authorization: 'Bearer …' },
 *   clientInfo: { name: 'example', version: '1.0.0' },
 *   logger: pino(),
 * });
 * await upstream.start();
 * const outcome = await upstream.callTool({ tool: 'search', argumentsJson: '{"q":"mcp"}', timeoutMs: 60_000 });
 * await upstream.close(5_000);
 *
 * @throws TypeError when `url` is no http or https URL
 */
export function createRemoteUpstream(options: RemoteUpstreamOptions): StartableUpstream {
  const { name, type, clientInfo, logger, authorization, clock = systemClock } = options;
  const url = new URL(options.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`${name}: the URL must begin with http:// or https://`);
  }
  const traffic = new TrafficCounter();
  const maxInFlight = options.maxInFlight ?? 1000;
  const maxQueue = options.maxQueue ?? 1000;
  const sessionOptions = {
    type,
    url,
    headers: options.headers ?? {},
    clientInfo,
    clock,
    logger,
    traffic,
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
    maxMessageBytes: options.maxMessageBytes ?? 256 * 1024 * 1024,
    maxInFlight,
    maxQueue,
  };
  return new Supervisor({
    name,
    async open(events, signal) {
      const { openRemoteSession } = await import('./open-remote-session.ts');
      const granted = authorization && { authorization: await authorization() };
      return await openRemoteSession({ ...sessionOptions, ...granted }, events, signal);
    },
    clock,
    random: options.random ?? Math.random,
    logger,
    traffic,
    healMs: options.healMs ?? 5000,
    healsUnsent: true,
    // A server that is well may forget a session at any moment.
    isLossFailure: false,
    maxWaiting: maxInFlight + maxQueue,
    ...options.backoff,
  });
}
