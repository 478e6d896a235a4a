import { systemClock, type Clock } from '../clock.ts';
import { childEnvironment } from './environment.ts';
import type { Logger } from '../../logger.ts';
import { openStdioSession } from './stdio-session.ts';
import { Supervisor } from '../supervisor.ts';
import { TrafficCounter } from '../traffic.ts';
import type { StartableUpstream } from '../upstream.ts';

/** How to run one stdio server and how far to trust it. */
export interface StdioUpstreamOptions {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to what is inherited of our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** `listed`: an allow-list; `all`: everything but our own settings. @default 'listed' */
  readonly inheritEnv?: 'listed' | 'all';
  /** @default our own */
  readonly cwd?: string;
  /** What we call ourselves in initialize. */
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly logger: Logger;
  /** From spawn to the end of the first tools/list; npx and uvx may have to download first. @default 60000 */
  readonly startTimeoutMs?: number;
  /** @default 268435456 (256 MiB) */
  readonly maxMessageBytes?: number;
  /** Calls sent and not yet settled. @default 1000 */
  readonly maxInFlight?: number;
  /** Calls waiting for the window. @default 1000 */
  readonly maxQueue?: number;
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
 * An MCP server run as a child and spoken to over its stdin and stdout (MCP basic/transports, stdio).
 *
 * @example
 * const upstream = createStdioUpstream({
 *   name: 'time',
 *   command: 'mcpo-time-server',
 *   clientInfo: { name: 'example', version: '1.0.0' },
 *   logger: pino(),
 * });
 * await upstream.start();
 * const outcome = await upstream.callTool({ tool: 'get_current_time', argumentsJson: '{}', timeoutMs: 60_000 });
 * await upstream.close(5_000);
 */
export function createStdioUpstream(options: StdioUpstreamOptions): StartableUpstream {
  const { name, command, args = [], cwd, clientInfo, logger, clock = systemClock } = options;
  const traffic = new TrafficCounter();
  const sessionOptions = {
    command,
    args,
    env: childEnvironment(process.env, options.env ?? {}, process.platform, options.inheritEnv),
    ...(cwd !== undefined && { cwd }),
    clientInfo,
    clock,
    logger,
    traffic,
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
    maxMessageBytes: options.maxMessageBytes ?? 256 * 1024 * 1024,
    maxInFlight: options.maxInFlight ?? 1000,
    maxQueue: options.maxQueue ?? 1000,
  };
  return new Supervisor({
    name,
    open: (events, signal) => openStdioSession(sessionOptions, events, signal),
    clock,
    random: options.random ?? Math.random,
    logger,
    traffic,
    ...options.backoff,
  });
}
