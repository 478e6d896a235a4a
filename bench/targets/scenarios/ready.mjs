// How much later than a small client the gateway is ready, on the same server.
import { startGateway, startSdkClient, upstream } from '../fronts.mjs';
import { canMeasureProcesses, readCpuUs } from '../../../dist/bench/machine.js';
import { interleave, pick, warmUp } from '../rounds.mjs';
import { estimate, estimateDifference } from '../../../dist/bench/statistics.js';
import { show, toRow } from './common.mjs';

/** The first starts at once, so that it hides nothing of the gateway's own start. */
const servers = [
  { name: 'echo', file: 'echo' },
  { name: 'SDK', file: 'sdk-work' },
];

export async function run({ dist, rounds }) {
  const rows = [];
  for (const { name, file } of servers) {
    const server = upstream(file);
    const sides = {
      client: () => timeStart(() => startSdkClient(server)),
      gateway: () => timeStart(() => startGateway(server, { dist })),
    };
    await warmUp(1, sides);
    const samples = await interleave(rounds(9), sides);
    const value = estimateDifference(pick(samples.gateway, 'readyMs'), pick(samples.client, 'readyMs'));
    const middle = (side, field) => `${estimate(pick(samples[side], field)).median.toFixed(0)} ms`;
    rows.push(
      toRow({
        title: `ready after SDK client, ${name}`,
        target: '<= 150 ms',
        measured: `${show(value, 0)} ms`,
        value,
        limit: { atMost: 150 },
        notes: [
          `spawn to ready: gateway ${middle('gateway', 'readyMs')}, client ${middle('client', 'readyMs')}`,
          ...(canMeasureProcesses
            ? [`processor time until then: ${middle('gateway', 'cpuMs')} and ${middle('client', 'cpuMs')}`]
            : []),
        ],
        numbers: { samples },
      }),
    );
  }
  return rows;
}

async function timeStart(start) {
  const { readyMs, pid, stop } = await start();
  // What a busy machine makes longer is the wait; the work stays what it is.
  const cpuMs = canMeasureProcesses ? readCpuUs(pid) / 1_000 : undefined;
  await stop();
  return { readyMs, cpuMs };
}
