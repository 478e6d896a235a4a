import type { StrayAnswers } from './calls/stray-counter.ts';

/** What a connection counts; for metrics. */
export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Lines on stdout that are no JSON-RPC message. */
  readonly garbageLines: number;
  /** Answers to calls that had timed out or were cancelled. */
  readonly lateAnswers: number;
  /** Answers to calls that had been answered. */
  readonly duplicateAnswers: number;
  /** Answers to no call of ours. */
  readonly unknownAnswers: number;
  /** Calls that wait to be sent at the moment. */
  readonly queued: number;
  /** Calls that may be in flight at a time, at the moment. */
  readonly window: number;
}

/** What a pipeline knows of it. */
interface CountingPipeline {
  readonly strays: StrayAnswers;
  readonly queued: number;
  readonly maxInFlight: number;
}

/** The traffic of a connection. */
export function toTraffic(
  counts: Pick<Traffic, 'bytesIn' | 'bytesOut' | 'garbageLines'>,
  { strays, queued, maxInFlight }: CountingPipeline,
): Traffic {
  return {
    ...counts,
    lateAnswers: strays.late,
    duplicateAnswers: strays.duplicate,
    unknownAnswers: strays.unknown,
    queued,
    window: maxInFlight,
  };
}

/** A connection that counts. */
export interface CountingConnection {
  readonly traffic: Traffic;
}

/** Adds up the traffic of one upstream's connections, past and present. */
export class TrafficCounter {
  readonly #live = new Set<CountingConnection>();
  #past: Traffic = none;

  attach(connection: CountingConnection): void {
    this.#live.add(connection);
  }

  /** The connection counts no more; its sums are kept. */
  detach(connection: CountingConnection): void {
    if (this.#live.delete(connection)) this.#past = add(this.#past, toPast(connection.traffic));
  }

  get total(): Traffic {
    let total = this.#past;
    for (const { traffic } of this.#live) total = add(total, traffic);
    return total;
  }
}

const none: Traffic = {
  bytesIn: 0,
  bytesOut: 0,
  garbageLines: 0,
  lateAnswers: 0,
  duplicateAnswers: 0,
  unknownAnswers: 0,
  queued: 0,
  window: 0,
};

/** Nothing waits for a connection that has ended. */
function toPast(traffic: Traffic): Traffic {
  return { ...traffic, queued: 0, window: 0 };
}

function add(left: Traffic, right: Traffic): Traffic {
  return {
    bytesIn: left.bytesIn + right.bytesIn,
    bytesOut: left.bytesOut + right.bytesOut,
    garbageLines: left.garbageLines + right.garbageLines,
    lateAnswers: left.lateAnswers + right.lateAnswers,
    duplicateAnswers: left.duplicateAnswers + right.duplicateAnswers,
    unknownAnswers: left.unknownAnswers + right.unknownAnswers,
    queued: left.queued + right.queued,
    window: left.window + right.window,
  };
}
