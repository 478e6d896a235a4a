// How much of the rate of a server is left behind a front; the server spoken to directly is the measure.
import { upstream } from '../fronts.mjs';
import { interleave, limitsOf, pick, warmUp } from '../rounds.mjs';
import { estimate, estimateRatio } from '../../../dist/bench/statistics.js';
import { withThreeSides } from '../three-sides.mjs';
import { show, toRow } from './common.mjs';

const inFlight = 64;
const servers = [
  { name: 'SDK, 200 µs', words: ['sdk-work', 200], atLeast: 0.95 },
  { name: 'pure echo', words: ['echo'], atLeast: 0.75 },
];

export async function run(context) {
  const rows = [];
  for (const server of servers) rows.push(await measure(server, context));
  return rows;
}

async function measure({ name, words, atLeast }, context) {
  const { cores, rounds, seconds } = context;
  const job = { inFlight, seconds: seconds(2) };
  return await withThreeSides(upstream(...words), context, job, async (sides) => {
    await warmUp(2, sides);
    const samples = await interleave(rounds(6), sides);
    const rates = (side) => pick(samples[side], 'callsPerSecond');
    const value = estimateRatio(rates('gateway'), rates('bare'));
    const part = (side) => estimateRatio(rates(side), rates('direct')).median.toFixed(2);
    const rate = (side) => estimate(rates(side)).median.toFixed(0);
    return toRow({
      title: `calls/s / bare, ${name}`,
      target: `>= ${atLeast}`,
      measured: show(value),
      value,
      limit: { atLeast },
      notes: [
        `${inFlight} in flight, calls/s: direct ${rate('direct')}, bare ${rate('bare')}, gateway ${rate('gateway')}`,
        `of direct: bare ${part('bare')}, gateway ${part('gateway')}`,
        ...limitsOf(Object.values(samples).flat(), cores),
      ],
      numbers: { samples, inFlight },
    });
  });
}
