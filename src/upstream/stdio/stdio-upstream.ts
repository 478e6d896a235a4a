import { systemClock, type Clock } from '../clock.ts';
import { Child } from './child.ts';
import { childEnvironment } from './environment.ts';
import type { Logger } from '../../logger.ts';
import type { FreezeOptions } from './freeze-watch.ts';
import { LogGate } from '../log-gate.ts';
import type { ProbeOptions } from '../supervision/probe-session.ts';
import { Supervisor } from '../supervision/supervisor.ts';
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
  /** For whoever looks at `hasRoom`; see PipelineOptions. */
  readonly onRoom?: () => void;
  /** See SupervisorOptions for the defaults. */
  readonly backoff?: {
    readonly minBackoffMs?: number;
    readonly maxBackoffMs?: number;
    readonly stableAfterMs?: number;
  };
  /** What is done about a server that dies, keeps dying, or freezes. */
  readonly recovery?: StdioRecovery;
  /** @default the system's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: () => number;
}

/** See SupervisorOptions, ProbeOptions and FreezeOptions for what has no default here. */
interface StdioRecovery {
  /** After a loss, calls that come in wait this long for the restart, unless it fails. @default 5000 */
  readonly healMs?: number;
  readonly breakAfter?: number;
  readonly probe?: ProbeOptions;
  readonly freeze?: FreezeOptions;
  readonly sendsAgain?: boolean;
}

/** A server may be talkative, but not fill the disk. */
const STDERR_RATE = { burst: 500, perSecond: 100 };

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
  const { freeze = {}, healMs = 5000, ...recovery } = options.recovery ?? {};
  const traffic = new TrafficCounter();
  const childOptions = {
    command,
    args,
    env: childEnvironment(process.env, options.env ?? {}, process.platform, options.inheritEnv),
    ...(cwd !== undefined && { cwd }),
    clock,
  };
  const sessionOptions = {
    command,
    clientInfo,
    clock,
    logger,
    traffic,
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
    maxMessageBytes: options.maxMessageBytes ?? 256 * 1024 * 1024,
    maxInFlight: options.maxInFlight ?? 1000,
    maxQueue: options.maxQueue ?? 1000,
    ...(options.onRoom && { onRoom: options.onRoom }),
    freeze,
  };
  return new Supervisor({
    name,
    async open(events, signal) {
      const child = new Child({ ...childOptions, onStderr: createStderrLog(clock, logger) });
      // To read the SDK takes about as long as a server takes to start: both at the same time.
      const { openStdioSession } = await import('./stdio-session.ts');
      return await openStdioSession({ ...sessionOptions, child }, events, signal);
    },
    clock,
    random: options.random ?? Math.random,
    logger,
    traffic,
    healMs,
    // A server that dies is back in a moment; one that does not come up may be down for long.
    healsOnlyLoss: true,
    maxWaiting: sessionOptions.maxInFlight + sessionOptions.maxQueue,
    ...options.backoff,
    ...recovery,
  });
}

function createStderrLog(clock: Clock, logger: Logger): (line: string) => void {
  const gate = new LogGate(clock, STDERR_RATE);
  return (line) =>
    gate.pass((suppressed) => logger.info({ stream: 'stderr', ...(suppressed > 0 && { suppressed }) }, line));
}
