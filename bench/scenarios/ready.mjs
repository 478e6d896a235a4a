// How much later than a small client the gateway is ready, on the same server.
import { startGateway, startSdkClient, upstream } from '../fronts.mjs';
import { interleave, warmUp } from '../rounds.mjs';
import { estimate, estimateDifference } from '../statistics.mjs';
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
    const value = estimateDifference(samples.gateway, samples.client);
    rows.push(
      toRow({
        title: `ready after SDK client, ${name}`,
        target: '<= 150 ms',
        measured: `${show(value, 0)} ms`,
        value,
        limit: { atMost: 150 },
        notes: [
          `spawn to ready: gateway ${show(estimate(samples.gateway), 0)} ms, client ${show(estimate(samples.client), 0)} ms`,
        ],
        numbers: { samples },
      }),
    );
  }
  return rows;
}

async function timeStart(start) {
  const { readyMs, stop } = await start();
  await stop();
  return readyMs;
}
