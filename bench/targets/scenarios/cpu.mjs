// What a call costs the gateway, against the least that a front can cost.
import { startBare, startGateway, upstream } from '../fronts.mjs';
import { interleave, limitsOf, pick, sampleCpu, warmUp } from '../rounds.mjs';
import { estimate, estimateRatio } from '../../../dist/bench/statistics.js';
import { heat, show, toCall, toRow, withAll } from './common.mjs';

const connections = 32;

export const needs = 'processes';

export async function run(context) {
  const { load, dist, cores, rounds, seconds } = context;
  const server = upstream('echo');
  const starts = [() => startBare(server), () => startGateway(server, { dist })];
  return await withAll(starts, async (bare, gateway) => {
    const sample = async ({ url, pid }) => {
      const job = { call: toCall(url, 'echo'), connections, seconds: seconds(3) };
      return await sampleCpu(() => load.run('autocannon', job), [pid]);
    };
    const sides = { bare: () => sample(bare), gateway: () => sample(gateway) };
    await heat(
      context,
      [bare, gateway].map(({ url }) => toCall(url, 'echo')),
    );
    await warmUp(1, sides);
    const samples = await interleave(rounds(9), sides);
    const [bareUs, gatewayUs] = [pick(samples.bare, 'cpuUsPerCall'), pick(samples.gateway, 'cpuUsPerCall')];
    const value = estimateRatio(gatewayUs, bareUs);
    return [
      toRow({
        title: 'CPU per call / bare',
        target: '<= 1.5 (aim 1.35)',
        measured: show(value),
        value,
        limit: { atMost: 1.5 },
        notes: [
          `gateway ${toMicroseconds(gatewayUs)}, bare ${toMicroseconds(bareUs)} a call; 1 KB echo, ${connections} connections`,
          ...(value.median > 1.35 ? ['above the aim of 1.35'] : []),
          ...limitsOf([...samples.bare, ...samples.gateway], cores),
        ],
        numbers: { samples, connections },
      }),
    ];
  });
}

function toMicroseconds(samples) {
  return `${estimate(samples).median.toFixed(0)} µs`;
}
