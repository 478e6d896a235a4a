import { metrics, operators, type Assertion, type Metric } from './assertion.ts';

const advice = "write it as 'p99<50ms', 'errors==0', 'overhead<1.5x' or 'throughput>0.9x baseline'";

interface Unit {
  readonly factor: number;
  readonly per: Assertion['per'];
}

const plain: Unit = { factor: 1, per: 'nothing' };
const times = new Map<string, Unit>([
  ['ms', plain],
  ['s', { factor: 1_000, per: 'nothing' }],
  ['us', { factor: 0.001, per: 'nothing' }],
  ['µs', { factor: 0.001, per: 'nothing' }],
  ['x baseline', { factor: 1, per: 'baseline' }],
]);
const counts = new Map<string, Unit>([
  ['', plain],
  ['%', { factor: 0.01, per: 'calls' }],
]);

/** What may follow the number, by metric. */
const units: Readonly<Record<Metric, ReadonlyMap<string, Unit>>> = {
  p50: times,
  p90: times,
  p99: times,
  max: times,
  mean: times,
  errors: counts,
  wrong: counts,
  throughput: new Map([
    ['', plain],
    ['/s', plain],
    ['x baseline', { factor: 1, per: 'baseline' }],
  ]),
  pipelining: new Map([
    ['', plain],
    ['%', { factor: 0.01, per: 'nothing' }],
  ]),
  recovery: new Map([
    ['ms', plain],
    ['s', { factor: 1_000, per: 'nothing' }],
  ]),
  lost: new Map([['', plain]]),
  budget: new Map([['%', { factor: 0.01, per: 'calls' }]]),
  overhead: new Map([['x', plain]]),
  cpu: new Map([
    ['us', plain],
    ['µs', plain],
    ['ms', { factor: 1_000, per: 'nothing' }],
  ]),
};

/**
 * Parses `<metric>[@users] <operator> <number>[unit]`.
 *
 * @throws RangeError when it is not written so; the message says how
 */
export function parseAssertion(text: string): Assertion {
  const match = /^\s*(\w+)(?:@(\d+))?\s*(<=|>=|==|<|>|=+|!=)\s*(\d+(?:\.\d+)?)\s*(.*?)\s*$/.exec(text);
  if (match === null) throw new RangeError(`'${text}' is no assertion; ${advice}`);
  const [, name = '', users, sign = '', amount = '', rest = ''] = match;
  const metric = metrics.find((known) => known === name);
  if (metric === undefined) {
    throw new RangeError(`'${text}': there is no metric ${name}; there are ${metrics.join(', ')}`);
  }
  const operator = operators.find((known) => known === sign);
  if (operator === undefined) {
    throw new RangeError(`'${text}': there is no comparison ${sign}; there are ${operators.join(' ')}`);
  }
  const allowed = units[metric];
  const unit = allowed.get(rest.replaceAll(/\s+/g, ' '));
  if (unit === undefined) {
    const known = [...allowed.keys()].map((each) => (each === '' ? 'nothing' : each)).join(', ');
    throw new RangeError(`'${text}': after the number of ${metric} comes ${known}`);
  }
  const limit = Number(amount) * unit.factor;
  return {
    text,
    metric,
    operator,
    limit,
    per: unit.per,
    users: users === undefined ? undefined : Number(users),
  };
}
