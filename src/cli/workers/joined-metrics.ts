import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import { toExposition } from '../../http/metrics.ts';

/** As prom-client's `getMetricsAsJSON` has it. */
interface MetricJson {
  readonly name: string;
  readonly type: string;
  readonly values: ReadonlyArray<{ readonly labels: Readonly<Record<string, unknown>> }>;
}

/**
 * What all workers count, as one. What a worker counted until it was last asked stays in the sums when it is gone, so
 * that no counter falls.
 */
export class JoinedMetrics {
  readonly #own = new Registry();
  readonly #serving: Gauge;
  readonly #replaced: Counter;
  readonly #last = new Map<number, readonly MetricJson[]>();
  readonly #ended = new Set<number>();
  #retired: readonly MetricJson[] = [];

  constructor() {
    const registers = [this.#own];
    this.#serving = new Gauge({ name: 'mcpo_workers', help: 'Workers that serve and answer', registers });
    this.#replaced = new Counter({
      name: 'mcpo_workers_replaced_total',
      help: 'Workers that another took the place of: they died, froze, or listed other tools',
      registers,
    });
  }

  /** Takes what a worker has counted so far. @param worker a number of its own @param metrics prom-client's JSON */
  remember(worker: number, metrics: unknown): void {
    // What comes from prom-client is as its JSON is.
    if (!this.#ended.has(worker)) this.#last.set(worker, metrics as readonly MetricJson[]);
  }

  /** A worker is gone. */
  retire(worker: number): void {
    const last = this.#last.get(worker) ?? [];
    this.#ended.add(worker);
    this.#last.delete(worker);
    const counts = last.filter(({ type }) => type === 'counter' || type === 'histogram');
    this.#retired = toMetrics(aggregate([this.#retired, counts]).getMetricsAsArray());
  }

  /** The Prometheus text of what was last taken from all. */
  async render({
    serving,
    replaced,
  }: {
    readonly serving: number;
    readonly replaced: number;
  }): Promise<string> {
    this.#serving.set(serving);
    this.#replaced.reset();
    this.#replaced.inc(replaced);
    const live = [...this.#last.values()];
    const own = toMetrics(await this.#own.getMetricsAsJSON());
    // A server that is gone has no series any more.
    const servers = new Set(
      live.flat().flatMap(({ values }) => values.map(({ labels }) => labels['server'])),
    );
    const retired = this.#retired.map((metric) => ({
      ...metric,
      values: metric.values.filter(({ labels }) => servers.has(labels['server'])),
    }));
    return toExposition(await aggregate([...live, retired, own]).metrics());
  }
}

function toMetrics(json: unknown): readonly MetricJson[] {
  // What comes from prom-client is as its JSON is; the declarations leave half of that out.
  return json as readonly MetricJson[];
}

function aggregate(metrics: ReadonlyArray<readonly MetricJson[]>): Registry {
  return AggregatorRegistry.aggregate([...metrics]);
}
