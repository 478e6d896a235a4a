import type { Operation } from '../contract/contract.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from './metrics.ts';

/** Sees every call end. Neither argument values nor credentials are ever seen here. */
export interface CallObserver {
  /** Milliseconds from a fixed point, for `startedAt`. */
  now(): number;
  /**
   * A call is over.
   *
   * @param status 499: the caller went away first
   * @param code the problem's, when there was one
   * @param upstreamMs from the request to the server to its answer, when it answered
   */
  ended(
    requestId: string,
    operation: Operation,
    startedAt: number,
    status: number,
    code?: string,
    upstreamMs?: number,
  ): void;
}

/** Writes one line a call, and counts it. */
export function createCallObserver(
  logger: Logger,
  metrics: Metrics,
  serverName: (operation: Operation) => string,
  now: () => number = performance.now.bind(performance),
): CallObserver {
  return {
    now,
    ended(requestId, operation, startedAt, status, code, upstreamMs) {
      const totalMs = now() - startedAt;
      const server = serverName(operation);
      const { tool } = operation;
      metrics.observeCall(server, tool, status, totalMs, upstreamMs);
      if (code === 'invalid_arguments') metrics.observeViolation(server, tool, 'arguments');
      const ms = round(totalMs);
      logger.info(
        { requestId, server, tool, status, code, ms, upstreamMs: upstreamMs && round(upstreamMs) },
        'call',
      );
    },
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
