// A slow call in the same pipe keeps no fast one waiting.
import { startGateway, upstream } from '../fronts.mjs';
import { interleave, pick, requireSuccess, warmUp } from '../rounds.mjs';
import { estimate, estimateRatio } from '../statistics.mjs';
import { show, toCall, withAll } from './common.mjs';

const users = 8;

export async function run({ load, dist, rounds, seconds }) {
  const sample = async (groups) => {
    const { groups: results } = await load.run('users', { groups, seconds: seconds(1.5) });
    for (const result of Object.values(results)) requireSuccess(result);
    return { ...results.fast, slow: results.slow };
  };
  return await withAll([() => startGateway(upstream('sleep'), { dist })], async ({ url }) => {
    const fast = { name: 'fast', users, call: toCall(url, 'echo') };
    const slow = { name: 'slow', users: 1, call: toCall(url, 'sleep', '{"ms":100}') };
    const sides = { alone: () => sample([fast]), mixed: () => sample([fast, slow]) };
    await warmUp(2, sides);
    const samples = await interleave(rounds(9), sides);
    const value = estimateRatio(pick(samples.mixed, 'p99Ms'), pick(samples.alone, 'p99Ms'));
    const p99 = (name) => `${show(estimate(pick(samples[name], 'p99Ms')))} ms`;
    // Behind a slow call, a fast one would wait for up to 100 ms: many times its p99, far beyond any noise.
    const isUnchanged = value.low <= 1 && value.median <= 1.25;
    return [
      {
        title: 'fast p99 beside a slow call',
        target: 'unchanged',
        measured: `x ${show(value)}`,
        verdict: isUnchanged ? 'met' : 'missed',
        isUncertain: isUnchanged && value.high > 1.25,
        notes: [`p99 of ${users} fast users: alone ${p99('alone')}, beside a 100 ms call ${p99('mixed')}`],
        numbers: { samples, value },
      },
    ];
  });
}
