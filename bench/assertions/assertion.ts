/** A line that a run is held to, such as `p99<50ms`. */
export interface Assertion {
  /** As it was written. */
  readonly text: string;
  readonly metric: Metric;
  /** The step of so many users; undefined: as the metric has it. */
  readonly users: number | undefined;
  readonly operator: Operator;
  /** ms, calls a second, a count, a part or a factor, as the metric has it. */
  readonly limit: number;
  /** `of`: the metric over that of the baseline, or over all calls. */
  readonly per: 'nothing' | 'baseline' | 'calls';
}

export const metrics = [
  'p50',
  'p90',
  'p99',
  'max',
  'mean',
  'errors',
  'wrong',
  'throughput',
  'pipelining',
  'overhead',
  'cpu',
  'recovery',
  'lost',
  'budget',
] as const;
export type Metric = (typeof metrics)[number];

export const operators = ['<=', '>=', '==', '<', '>'] as const;
type Operator = (typeof operators)[number];

export function isWithin(value: number, { operator, limit }: Assertion): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
  }
}
