import { describe, expect, test } from 'vitest';
import { parseAssertion } from '../../../bench/assertions/parse-assertion.ts';
import { toK6 } from '../../../bench/emit/k6.ts';
import { toScenario, type Scenario } from '../../../bench/emit/scenario.ts';
import { toVegeta } from '../../../bench/emit/vegeta.ts';
import { tokenMarker } from '../../../bench/load/messages.ts';
import type { WorkCall } from '../../../bench/work/calls.ts';

const often = toCall('often', 3);
const seldom = toCall('seldom', 1);

describe('an emitted scenario', () => {
  test.each([
    ['p50<5ms', "'mcpo_latency{scenario:users_4}': ['p(50)<5']"],
    ['p99@2<=0.2s', "'mcpo_latency{scenario:users_2}': ['p(99)<=200']"],
    ['mean<9ms', "'mcpo_latency{scenario:users_4}': ['avg<9']"],
    ['errors==0', "'mcpo_errors': ['count==0']"],
    ['errors@4<1%', "'mcpo_errors_rate{scenario:users_4}': ['rate<0.01']"],
    ['throughput>100', "'mcpo_calls{scenario:users_4}': [`count>${200 / pods}`]"],
  ])('holds %s as a threshold of k6', (text, threshold) => {
    const { text: script, notes } = toK6(scenarioOf([text]));
    expect(script).toContain(threshold);
    expect(notes).toEqual([]);
  });

  test.each(['pipelining>0.9', 'overhead<2x', 'p99<2x baseline', 'cpu<90us', 'p99@3<5ms'])(
    'says that %s is not in it',
    (text) => {
      const scenario = scenarioOf([text]);
      expect(toK6(scenario).notes).toEqual([expect.stringContaining(`${text} is not in it`)]);
      expect(toVegeta(scenario).notes).toContainEqual(expect.stringContaining(`${text} is not in it`));
    },
  );

  test.each([
    ['p90<5ms', '\'.latencies["90th"] < 5000000\''],
    ['max<5ms', "'.latencies.max < 5000000'"],
    ['errors<1%', "'1 - .success < 0.01'"],
    ['throughput>=100', "'.throughput >= 100'"],
  ])('holds %s as a look at the report of vegeta', (text, condition) => {
    expect(toVegeta(scenarioOf([text])).command('t')).toContain(`jq -e ${condition} # ${text}`);
  });

  test('has as many vegeta targets as users, as often as their weights say, each with a token of its own', () => {
    const targets = toVegeta(scenarioOf([]))
      .text.trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(targets).toHaveLength(4);
    const urls = targets.map((target) => (target as { readonly url: string }).url); // as it was written
    expect(urls.filter((url) => url.includes('/often#'))).toHaveLength(3);
    expect(new Set(urls.map((url) => url.split('#')[1])).size).toBe(4);
  });

  test('leaves no value of a header in what is written', () => {
    const headers = { authorization: 'Bearer hidden', 'x-tenant': 'hidden' };
    const scenario = toScenario({ ...options([]), target: { kind: 'url', url: 'http://x/', headers } }, [
      often,
    ]);
    for (const emitted of [toK6(scenario), toVegeta(scenario)]) {
      const all = emitted.text + emitted.command('file');
      expect(all).not.toContain('hidden');
      expect(all).toContain('MCPO_HEADER_X_TENANT');
    }
  });
});

function scenarioOf(assertions: readonly string[]): Scenario {
  return toScenario(options(assertions), [often, seldom]);
}

function options(assertions: readonly string[]): Parameters<typeof toScenario>[0] {
  return {
    target: { kind: 'command', words: ['server'], env: {}, headers: {} },
    wanted: [],
    users: 4,
    durationMs: 2_000,
    warmUpMs: 500,
    seed: 1,
    assertions: assertions.map(parseAssertion),
  };
}

function toCall(tool: string, weight: number): WorkCall {
  const argumentsText = JSON.stringify({ text: tokenMarker });
  return { tool, path: `/${tool}`, argumentsText, weight, source: 'given', hasToken: true };
}
