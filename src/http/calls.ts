import type { Operation } from '../contract/contract.ts';
import { callerName } from '../identity/identity.ts';
import type { Logger } from '../logger.ts';
import type { Exchange } from './exchange.ts';
import type { Metrics } from './metrics.ts';
import { identityOf } from './request-identity.ts';

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
    exchange: Pick<Exchange, 'id' | 'request' | 'record'>,
    operation: Operation,
    startedAt: number,
    status: number,
    code?: string,
    upstreamMs?: number,
  ): void;
}

/** A logger whose fields are written ahead. */
type ParentLogger = Logger & { child(fields: object): Logger };

/**
 * Writes one line a call, and counts it.
 *
 * Each operation has a logger of its own: server and tool are then made JSON once, and the line costs half of 2.4 µs.
 */
export function createCallObserver(
  logger: ParentLogger,
  metrics: Metrics,
  serverName: (operation: Operation) => string,
  now: () => number = performance.now.bind(performance),
): CallObserver {
  const loggers = new WeakMap<Operation, Logger>();
  const loggerOf = (operation: Operation, server: string): Logger => {
    const known = loggers.get(operation);
    if (known !== undefined) return known;
    const own = logger.child({ server, tool: operation.tool });
    loggers.set(operation, own);
    return own;
  };
  return {
    now,
    ended({ id: requestId, request, record }, operation, startedAt, status, code, upstreamMs) {
      const totalMs = now() - startedAt;
      const server = serverName(operation);
      const { tool } = operation;
      metrics.observeCall(server, tool, status, totalMs, upstreamMs);
      if (code === 'invalid_arguments') metrics.observeViolation(server, tool, 'arguments');
      const ms = round(totalMs);
      loggerOf(operation, server).info(
        {
          requestId,
          status,
          code,
          caller: callerName(identityOf(request)),
          ms,
          upstreamMs: upstreamMs && round(upstreamMs),
          trace_id: record?.trace?.traceId,
        },
        'call',
      );
      if (record === undefined) return;
      // An answer that is told again bears the id of the request that was told first.
      record.id = requestId;
      record.settle(status, code);
    },
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
