// What one user waits longer than somebody who holds the pipe.
import { upstream } from '../fronts.mjs';
import { interleave, pick, warmUp } from '../rounds.mjs';
import { estimateDifference } from '../../../dist/bench/statistics.js';
import { withThreeSides } from '../three-sides.mjs';
import { show, toRow } from './common.mjs';

const targets = [
  { part: 'p50', field: 'p50Ms', atMost: 0.3 },
  { part: 'p99', field: 'p99Ms', atMost: 1 },
];

export async function run(context) {
  const calls = context.isQuick ? 300 : 2_000;
  return await withThreeSides(upstream('echo'), context, { inFlight: 1, calls }, async (sides) => {
    await warmUp(3, sides);
    const samples = await interleave(context.rounds(9), sides);
    const added = (side, field) =>
      estimateDifference(pick(samples[side], field), pick(samples.direct, field));
    return targets.map(({ part, field, atMost }) => {
      const value = added('gateway', field);
      return toRow({
        title: `latency added, 1 user, ${part}`,
        target: `<= ${atMost} ms`,
        measured: `${show(value)} ms`,
        value,
        limit: { atMost },
        notes: [`bare adds ${show(added('bare', field))} ms at ${part}`],
        numbers: { calls, samples },
      });
    });
  });
}
