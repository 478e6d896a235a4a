// What a call costs the gateway, against the least that a front can cost.
import { startBare, startGateway, upstream } from '../fronts.mjs';
import { interleave, limitsOf, pick, sampleCpu } from '../rounds.mjs';
import { estimate, estimateRatio } from '../statistics.mjs';
import { show, toCall, toRow, withAll } from './common.mjs';

const connections = 32;

export const needs = 'processes';

export async function run({ load, dist, cores, rounds, seconds }) {
  const server = upstream('echo');
  const starts = [() => startBare(server), () => startGateway(server, { dist })];
  return await withAll(starts, async (bare, gateway) => {
    const side =
      ({ url, pid }) =>
      async (duration = seconds(3)) =>
        await sampleCpu(
          () => load.run('autocannon', { call: toCall(url, 'echo'), connections, seconds: duration }),
          [pid],
        );
    const sides = { bare: side(bare), gateway: side(gateway) };
    for (const warmUp of Object.values(sides)) await warmUp(seconds(4));
    const samples = await interleave(rounds(6), { bare: () => sides.bare(), gateway: () => sides.gateway() });
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
