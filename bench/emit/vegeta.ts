import type { Assertion } from '../assertions/assertion.ts';
import { toToken, withUserToken } from '../load/messages.ts';
import { toVariable, type Emitted, type Scenario } from './scenario.ts';

const mostTargets = 10_000;

/**
 * The load as targets for vegeta (JSON, a line each) and the commands that send them and look at the answers. The
 * fragment of an address is its token: it is not sent, and stands beside the answer in vegeta's results.
 */
export function toVegeta(scenario: Scenario): Emitted {
  const { url, work, sequence, users } = scenario;
  // No two calls that are under way at the same time share a token.
  const rounds = Math.ceil(Math.min(mostTargets, Math.max(users, sequence.length)) / sequence.length);
  const lines = Array.from({ length: rounds * sequence.length }, (_line, at) => {
    const call = work[sequence[at % sequence.length] ?? 0];
    if (call === undefined) return '';
    const token = toToken(0, at);
    const target = {
      method: 'POST',
      url: `${url}${call.path}${call.hasToken ? `#${token}` : ''}`,
      header: { 'Content-Type': ['application/json'] },
      body: Buffer.from(withUserToken(call, token)).toString('base64'),
    };
    return `${JSON.stringify(target)}\n`;
  });
  const { conditions, notes } = toConditions(scenario);
  return { text: lines.join(''), command: (path) => toCommand(scenario, path, conditions), notes };
}

function toCommand(scenario: Scenario, path: string, conditions: readonly string[]): string {
  const { url, users, seconds, rate, headerNames, work } = scenario;
  const headers = [
    '${MCPO_API_KEY:+-header "Authorization: Bearer $MCPO_API_KEY"}',
    ...headerNames.map((name) => `-header "${name}: $${toVariable(name)}"`),
  ];
  const pace = `-rate=${rate === undefined ? 0 : toRate(rate)} -max-workers=${users}`;
  const lines = [
    `sed "s|\\"url\\":\\"${url}|\\"url\\":\\"\${MCPO_URL:-${url}}|" ${path} |`,
    `  vegeta attack -format=json ${pace} -duration=${seconds}s -timeout=60s ${headers.join(' ')} > results.bin`,
    'vegeta report results.bin',
  ];
  if (work.some(({ hasToken }) => hasToken)) {
    lines.push(
      `vegeta encode -to=json results.bin | jq -ne '[inputs | select(.code == 200 and (.url | contains("#")))`,
      `  | select(.url as $url | .body | @base64d | contains($url | split("#")[1]) | not)] | length == 0' # no wrong answers`,
    );
  }
  for (const condition of conditions) lines.push(`vegeta report -type=json results.bin | ${condition}`);
  return lines.join('\n');
}

function toConditions({ assertions, users }: Scenario): {
  readonly conditions: readonly string[];
  readonly notes: readonly string[];
} {
  const notes = ['vegeta makes one step, with all users'];
  const conditions: string[] = [];
  for (const assertion of assertions) {
    const { text, operator, limit, users: at } = assertion;
    const found = toField(assertion);
    if (at !== undefined && at !== users)
      notes.push(`${text} is not in it: there is one step, with ${users} users`);
    else if (found.kind === 'none') notes.push(`${text} is not in it: ${found.reason}`);
    else conditions.push(`jq -e '${found.field} ${operator} ${limit * found.factor}' # ${text}`);
  }
  return { conditions, notes };
}

type Field =
  | { readonly kind: 'field'; readonly field: string; readonly factor: number }
  | { readonly kind: 'none'; readonly reason: string };

/** What vegeta's report calls it; its times are in ns. */
function toField({ metric, per }: Assertion): Field {
  if (per === 'baseline') return { kind: 'none', reason: 'there is no baseline without a gateway' };
  switch (metric) {
    case 'p50':
    case 'p90':
    case 'p99':
      return { kind: 'field', field: `.latencies["${metric.slice(1)}th"]`, factor: 1e6 };
    case 'max':
    case 'mean':
      return { kind: 'field', field: `.latencies.${metric}`, factor: 1e6 };
    case 'errors': {
      const field = per === 'calls' ? '1 - .success' : '(.requests * (1 - .success) | round)';
      return { kind: 'field', field, factor: 1 };
    }
    case 'throughput':
      return { kind: 'field', field: '.throughput', factor: 1 };
    case 'wrong':
      return { kind: 'none', reason: 'no wrong answer is accepted at all' };
    case 'pipelining':
    case 'overhead':
    case 'cpu':
    case 'recovery':
    case 'lost':
    case 'budget':
      return { kind: 'none', reason: 'it cannot be seen from outside; mcpo-bench itself measures it' };
  }
}

function toRate(rate: number): string {
  return Number.isInteger(rate) ? `${rate}/1s` : `${Math.max(1, Math.round(rate * 1_000))}/1000s`;
}
