import type { FastifyBaseLogger } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { Seat } from '../serve/seat.ts';
import { serve, type RunningGateway } from '../serve/serve.ts';
import type { HangUps } from './hang-ups.ts';
import type { FollowedConfig } from './hot-reload.ts';
import { toReadyNote, type ReadyNote } from './ready-line.ts';
import { abortOf, type EndSignals } from './signals.ts';

/** What a gateway runs with, from its start to its end. */
export interface GatewayRun extends EndSignals {
  readonly logger: FastifyBaseLogger;
  /** Its configuration, and when to read it again. @default it has none */
  readonly config:
    (FollowedConfig & { readonly hangUps: HangUps; readonly isHotReload: boolean }) | undefined;
  /** @default it is alone on its port */
  readonly seat?: Seat;
  readonly onReady: (note: ReadyNote) => void;
}

/**
 * Serves until it is asked to end. @returns the exit code: 1 when calls were cut off
 *
 * @throws what `serve` throws
 */
export async function runGateway(settings: Settings, run: GatewayRun): Promise<number> {
  const { logger, first, second, config, seat, onReady } = run;
  let gateway: RunningGateway;
  second.addEventListener('abort', hurry);
  try {
    gateway = await serve(settings, { logger, signal: first, ...(seat !== undefined && { seat }) });
  } catch (error) {
    if (first.aborted) return 0;
    throw error;
  } finally {
    second.removeEventListener('abort', hurry);
  }
  onReady(toReadyNote(gateway));
  if (config !== undefined) {
    const { createConfigFollower } = await import('./hot-reload.ts');
    const follower = createConfigFollower(config, gateway, logger);
    const fail = (error: unknown): void =>
      logger.error({ err: error }, 'the configuration cannot be followed');
    config.hangUps.listen(() => void follower.reload().catch(fail));
    if (config.isHotReload) void follower.watch(first).catch(fail);
  }
  await abortOf(first);
  logger.info({ signal: first.reason as unknown }, 'shutting down');
  // A second signal does not wait; what was started ends all the same.
  const abort = async (): Promise<never> => {
    await abortOf(second);
    const calls = gateway.status().reduce((total, { inFlight }) => total + inFlight, 0);
    if (calls > 0) logger.warn({ calls }, 'asked again to end: calls were cut off');
    await gateway.abort();
    return process.exit(1);
  };
  const isDrained = await Promise.race([gateway.close(), abort()]);
  if (!isDrained) logger.warn({ shutdownTimeoutMs: settings.shutdownTimeoutMs }, 'calls were cut off');
  return isDrained ? 0 : 1;
}

/** What does not end when asked to is not waited for when asked again. */
function hurry(): never {
  process.exit(1);
}
