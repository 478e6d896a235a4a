import { Counter, type Registry } from 'prom-client';
import type { RequestWatcher } from './request-record.ts';

/** Shows what those count who keep a record of requests. */
export function addWatcherMetrics(registry: Registry, watchers: readonly RequestWatcher[]): void {
  for (const { name, help, count } of watchers.flatMap(({ counters = [] }) => counters)) {
    const counter = new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        counter.reset();
        counter.inc(count());
      },
    });
  }
}
