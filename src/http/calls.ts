import type { Operation } from '../contract/contract.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from './metrics.ts';

/** How a call ended, for its log line and the metrics. */
interface CallEnd {
  /** 499: the caller went away first. */
  readonly status: number;
  /** The problem's code, when there was one. */
  readonly code?: string;
  readonly upstreamMs?: number;
}

/** Sees every call begin and end. */
export interface CallObserver {
  /** Returns what is to be called once, at the end. */
  begin(requestId: string, operation: Operation): (end: CallEnd) => void;
}

/** Writes one line a call, and counts it. Neither argument values nor credentials are ever seen here. */
export function createCallObserver(
  logger: Logger,
  metrics: Metrics,
  serverName: (operation: Operation) => string,
  now: () => number = performance.now.bind(performance),
): CallObserver {
  return {
    begin(requestId, operation) {
      const start = now();
      const server = serverName(operation);
      const { tool } = operation;
      return ({ status, code, upstreamMs }) => {
        const totalMs = now() - start;
        metrics.observeCall(server, tool, status, totalMs, upstreamMs);
        const fields = {
          requestId,
          server,
          tool,
          status,
          code,
          ms: round(totalMs),
          upstreamMs: upstreamMs && round(upstreamMs),
        };
        logger.info(fields, 'call');
      };
    },
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
