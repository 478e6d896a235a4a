import type { Assertion } from '../assertions/assertion.ts';
import type { Scenario } from './scenario.ts';

/** What k6 holds a run against. */
export interface Thresholds {
  /** By metric; an expression is JavaScript. */
  readonly lines: readonly (readonly [metric: string, expression: string])[];
  readonly notes: readonly string[];
}

const aggregates = { p50: 'p(50)', p90: 'p(90)', p99: 'p(99)', max: 'max', mean: 'avg' } as const;

/** The assertions as thresholds, as far as they are about what can be seen from outside. */
export function toThresholds(scenario: Scenario): Thresholds {
  const lines: (readonly [string, string])[] = [['mcpo_wrong', quote('count==0')]];
  const notes: string[] = [];
  // k6 would not queue a call for which no user is free, but leave it out.
  if (scenario.rate !== undefined) lines.push(['dropped_iterations', quote('count==0')]);
  for (const assertion of scenario.assertions) {
    const line = toLine(assertion, scenario);
    if (typeof line === 'string') notes.push(`${assertion.text} is not in it: ${line}`);
    else lines.push(line);
  }
  return { lines, notes };
}

/** The threshold, or why there is none. */
function toLine(assertion: Assertion, { steps, seconds }: Scenario): readonly [string, string] | string {
  const { metric, users, operator, limit, per } = assertion;
  if (per === 'baseline') return 'there is no baseline without a gateway';
  if (users !== undefined && !steps.includes(users)) return `no step has ${users} users`;
  const step = users ?? steps.at(-1) ?? 1;
  const place = `{scenario:users_${step}}`;
  const everywhere = users === undefined ? '' : place;
  switch (metric) {
    case 'p50':
    case 'p90':
    case 'p99':
    case 'max':
    case 'mean':
      return [`mcpo_latency${place}`, quote(`${aggregates[metric]}${operator}${limit}`)];
    case 'errors':
    case 'wrong':
      return per === 'calls'
        ? [`mcpo_${metric}_rate${everywhere}`, quote(`rate${operator}${limit}`)]
        : [`mcpo_${metric}${everywhere}`, quote(`count${operator}${limit}`)];
    case 'throughput':
      // The rate that k6 tells is over the whole run; each pod holds only its own part against this.
      return [`mcpo_calls${place}`, `\`count${operator}\${${limit * seconds} / pods}\``];
    case 'pipelining':
    case 'overhead':
    case 'cpu':
    case 'recovery':
    case 'lost':
    case 'budget':
      return 'it cannot be seen from outside; mcpo-bench itself measures it';
  }
}

function quote(text: string): string {
  return `'${text}'`;
}
