import { expect, test } from 'vitest';
import { toHtml } from '../../../bench/report/html.ts';
import { toEmbeddedJson, toPlotData } from '../../../bench/report/page/plot-data.ts';
import { hostileResult } from '../../fixtures/bench/hostile-result.ts';
import { exampleResult } from './example-result.ts';

test('what others say is text, wherever it stands in the page', () => {
  const page = toHtml(hostileResult);
  expect(page).not.toContain('<img');
  expect(page).not.toContain('<script>alert');
  expect(page.match(/<script/g)).toHaveLength(3);
  expect(page).toContain('&lt;script&gt;alert(1)');
  expect(page).not.toMatch(/[\0\u2028\u202e]/);
});

test('only what the page came with may run or load', () => {
  const [, policy = ''] =
    /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(toHtml(exampleResult)) ?? [];
  expect(policy).toContain('default-src &#39;none&#39;');
  expect(policy).not.toContain('unsafe');
});

test('the licence of what draws the plots is kept with its copy', () => {
  expect(toHtml(exampleResult)).toMatch(
    /\/\*!\s+The MIT License[\s\S]+Leon Sorokin[\s\S]+\*\/\s+\/\*! \S+uPlot/,
  );
});

test('data for a script cannot end its element', () => {
  const text = toEmbeddedJson({ name: '</script><!--' });
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual({ name: '</script><!--' });
});

test('both sides stand at their users, and a side that was not measured there is left out', () => {
  const { throughput } = toPlotData(exampleResult);
  expect(throughput.users).toEqual([1, 2, 8]);
  expect(throughput.gateway).toEqual([100, 100, 400]);
  expect(throughput.direct).toEqual([120, null, 500]);
});

test('the histogram has every call once, in bars of one width, with an empty one on either side', () => {
  for (const { users, at, counts } of toPlotData(hostileResult).histograms) {
    const step = hostileResult.sweep.steps.find((each) => each.users === users);
    const calls = (step?.histogram ?? []).reduce((sum, [, count]) => sum + count, 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(calls);
    expect([counts[0], counts.at(-1)]).toEqual([0, 0]);
    at.slice(1).forEach((value, index) => expect(value - (at[index] ?? 0)).toBeCloseTo(0.05, 3));
  }
});

test('samples of a long run are thinned, and those that could not be read stay gaps', () => {
  const [step] = hostileResult.sweep.steps;
  if (step === undefined) throw new Error('the fixture has steps');
  const samples = Array.from({ length: 36_000 }, (_, at) => ({
    atMs: at * 100,
    callsPerSecond: 1,
    gatewayRssMb: null,
    gatewayLoopLagMs: 1,
    inFlight: null,
  }));
  const { time } = toPlotData({
    ...hostileResult,
    sweep: { ...hostileResult.sweep, steps: [{ ...step, samples }] },
  });
  expect(time.seconds.length).toBeLessThanOrEqual(2_000);
  expect(time.seconds.at(-1)).toBeGreaterThan(3_590);
  expect(time.memoryMb.every((value) => value === null)).toBe(true);
});

test('a run in which nothing was measured has a page that says so', () => {
  const { baseline: _, pipelining: __, ...rest } = exampleResult;
  const page = toHtml({ ...rest, sweep: { loop: 'closed', steps: [], knee: null }, isInterrupted: true });
  expect(page).toContain('Nothing was measured');
  expect(page).toContain('Interrupted');
  expect(page).not.toContain('class="plots');
});

test('what could not be read has a word in place of its plot', () => {
  const page = toHtml(exampleResult);
  expect(page.match(/Not known: it could not be read/g)).toHaveLength(2);
  expect(page).not.toContain('id="plot-memory"');
  expect(page).toContain('id="plot-latency"');
});
