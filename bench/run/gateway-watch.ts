import { HttpCaller, isOk } from '../load/http-call.ts';
import type { Sample } from '../result.ts';
import type { RunningGateway } from '../subject/gateway-process.ts';
import { readMemory } from './processes.ts';
import { sumOfMetric } from './read-metric.ts';

const everyMs = 250;

/** Looks at a gateway now and then while it is under load: its memory, and what its own metrics tell. */
export class GatewayWatch {
  readonly #gateway: RunningGateway;
  readonly #caller: HttpCaller;
  readonly #startMs: number;
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;
  /** Of the last slice. */
  callsPerSecond = 0;

  /** @param startMs when the run began */
  constructor(gateway: RunningGateway, startMs: number) {
    this.#gateway = gateway;
    this.#startMs = startMs;
    this.#caller = new HttpCaller(gateway.url, gateway.headers, 1, 5_000);
    this.#timer = setInterval(() => void this.#look(), everyMs);
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** The calls at the server, on average; null where the gateway does not tell. */
  get inFlight(): number | null {
    const known = this.#samples.flatMap(({ inFlight }) => (inFlight === null ? [] : [inFlight]));
    return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#caller.close();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const answer = await this.#caller.get('/metrics');
    const text = isOk(answer) ? answer.body : '';
    const lag = sumOfMetric(text, 'nodejs_eventloop_lag_p50_seconds');
    this.#samples.push({
      atMs: performance.now() - this.#startMs,
      callsPerSecond: this.callsPerSecond,
      gatewayRssMb: readMemory(this.#gateway.pid),
      gatewayLoopLagMs: lag === null ? null : Math.max(0, lag * 1_000 - 10),
      inFlight: sumOfMetric(text, 'mcpo_upstream_in_flight'),
    });
    this.#isLooking = false;
  }
}
