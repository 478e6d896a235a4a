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
    if (this.#live.delete(connection)) this.#past = add(this.#past, connection.traffic);
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
};

function add(left: Traffic, right: Traffic): Traffic {
  return {
    bytesIn: left.bytesIn + right.bytesIn,
    bytesOut: left.bytesOut + right.bytesOut,
    garbageLines: left.garbageLines + right.garbageLines,
    lateAnswers: left.lateAnswers + right.lateAnswers,
    duplicateAnswers: left.duplicateAnswers + right.duplicateAnswers,
    unknownAnswers: left.unknownAnswers + right.unknownAnswers,
  };
}
