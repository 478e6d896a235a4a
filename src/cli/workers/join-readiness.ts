import { isWorthCalling, type Readiness } from '../../http/readiness.ts';

/** What is known of the workers beside what they say themselves. */
export interface WorkerCounts {
  /** As many as there are to be. */
  readonly wanted: number;
  /** Those that list other tools than the others, and serve nobody. */
  readonly keptOut: number;
  /** Times that one took the place of another. */
  readonly replaced: number;
  readonly isLeaving: boolean;
}

/**
 * What workers say of themselves, as one: `ready` when all are there and ready, `degraded` when one at least is worth
 * calling. Of each server the state is that of the worker where it is worst, and the counts are of all.
 *
 * @param said by those that serve, and answered; at least one
 */
export function joinReadiness(said: readonly Readiness[], counts: WorkerCounts): Readiness {
  const [first] = said;
  if (first === undefined) throw new Error('no worker answers');
  const { wanted, keptOut, replaced, isLeaving } = counts;
  const worst =
    said.find(({ status }) => !isWorthCalling(status)) ??
    said.find(({ status }) => status !== 'ready') ??
    first;
  const ready = said.filter(({ status }) => status === 'ready').length;
  const servers = new Set(said.flatMap((each) => Object.keys(each.servers)));
  return {
    ...worst,
    status: isLeaving ? 'shutting_down' : statusOf(said, ready === wanted, worst.status),
    servers: Object.fromEntries(
      [...servers].map((name) => [name, joinServer(said.flatMap((each) => each.servers[name] ?? []))]),
    ),
    workers: { total: wanted, ready, keptOut, replaced },
  };
}

function statusOf(said: readonly Readiness[], isComplete: boolean, worst: string): string {
  if (isComplete) return 'ready';
  return said.some(({ status }) => isWorthCalling(status)) ? 'degraded' : worst;
}

const summed = ['inFlight', 'sessions', 'restarts'];

function joinServer(entries: readonly object[]): object {
  const worst = entries.find((entry) => !('state' in entry) || entry.state !== 'ready') ?? entries[0] ?? {};
  const sums = summed.flatMap((member) => {
    const counts = entries.flatMap((entry) => {
      const value: unknown = Reflect.get(entry, member);
      return typeof value === 'number' ? [value] : [];
    });
    return counts.length === 0 ? [] : [[member, counts.reduce((total, count) => total + count, 0)]];
  });
  return { ...worst, ...Object.fromEntries(sums) };
}
