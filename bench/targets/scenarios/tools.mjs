// The cost of a call does not depend on how many tools there are.
import { startGateway, upstream } from '../fronts.mjs';
import { interleave, pick, sampleCpu, warmUp } from '../rounds.mjs';
import { estimate, estimateRatio } from '../../../dist/bench/statistics.js';
import { heat, show, toCall, toRow, withAll } from './common.mjs';

const counts = [1, 100, 1_000, 5_000];
const connections = 32;

export const needs = 'processes';

export async function run(context) {
  const { load, dist, rounds, seconds } = context;
  const starts = counts.map((count) => () => startGateway(upstream('tools', count), { dist }));
  return await withAll(starts, async (...gateways) => {
    const sides = Object.fromEntries(
      gateways.map(({ url, pid }, index) => {
        const call = toLast(url, counts[index]);
        return [
          counts[index],
          async () =>
            await sampleCpu(() => load.run('autocannon', { call, connections, seconds: seconds(2) }), [pid]),
        ];
      }),
    );
    await heat(
      context,
      gateways.map(({ url }, index) => toLast(url, counts[index])),
    );
    await warmUp(1, sides);
    const samples = await interleave(rounds(9), sides);
    const us = (count) => pick(samples[count], 'cpuUsPerCall');
    const value = estimateRatio(us(5_000), us(1));
    const medians = counts.map((count) => `${count}: ${estimate(us(count)).median.toFixed(0)} µs`);
    return [
      toRow({
        title: 'CPU per call, 5000 tools / 1',
        target: '<= 1.1',
        measured: show(value),
        value,
        limit: { atMost: 1.1 },
        notes: [`tools: CPU per call  ${medians.join(', ')}`],
        numbers: { samples },
      }),
    ];
  });
}

/** Calls the tool listed last: a search from the front would show. */
function toLast(url, count) {
  return toCall(url, `echo_${count - 1}`);
}
