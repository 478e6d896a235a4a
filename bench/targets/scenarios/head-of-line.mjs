// A slow call in the same pipe keeps no fast one waiting.
import { startBare, startGateway, upstream } from '../fronts.mjs';
import { interleave, pick, requireSuccess, warmUp } from '../rounds.mjs';
import { estimate, estimateRatio } from '../../../dist/bench/statistics.js';
import { heat, show, toCall, withAll } from './common.mjs';

const users = 8;

export async function run(context) {
  const { load, dist, rounds, seconds } = context;
  const sample = async ({ url }, hasSlow) => {
    const fast = { name: 'fast', users, call: toCall(url, 'echo') };
    const slow = { name: 'slow', users: 1, call: toCall(url, 'sleep', '{"ms":100}') };
    const job = { groups: hasSlow ? [fast, slow] : [fast], seconds: seconds(1.5) };
    const { groups: results } = await load.run('users', job);
    for (const result of Object.values(results)) requireSuccess(result);
    return { ...results.fast, slow: results.slow };
  };
  const command = upstream('sleep');
  const starts = [() => startBare(command), () => startGateway(command, { dist })];
  return await withAll(starts, async (bare, gateway) => {
    const sides = {
      alone: () => sample(gateway, false),
      mixed: () => sample(gateway, true),
      bareAlone: () => sample(bare, false),
      bareMixed: () => sample(bare, true),
    };
    await heat(
      context,
      [bare, gateway].map(({ url }) => toCall(url, 'echo')),
    );
    await warmUp(1, sides);
    const samples = await interleave(rounds(12), sides);
    const p99s = (name) => pick(samples[name], 'p99Ms');
    const value = estimateRatio(p99s('mixed'), p99s('alone'));
    const ofBare = estimateRatio(p99s('bareMixed'), p99s('bareAlone'));
    // The slow call is one more user, and costs the server something, whatever stands before it: bare shows how much.
    const beyondBare = estimateRatio(
      ratios(p99s('mixed'), p99s('alone')),
      ratios(p99s('bareMixed'), p99s('bareAlone')),
    );
    const p99 = (name) => `${show(estimate(p99s(name)))} ms`;
    // Behind a slow call, a fast one would wait for up to 100 ms: many times its p99, far beyond any noise.
    const isUnchanged = value.low <= 1 || beyondBare.low <= 1;
    return [
      {
        title: 'fast p99 beside a slow call',
        target: 'unchanged',
        measured: `x ${show(value)}`,
        verdict: isUnchanged ? 'met' : 'missed',
        // Few or wild samples cannot tell: then it is unchanged as far as one can see.
        isUncertain: isUnchanged && Math.min(value.high, beyondBare.high) > 1.25,
        notes: [
          `p99 of ${users} fast users: alone ${p99('alone')}, beside a 100 ms call ${p99('mixed')}; of bare x ${show(ofBare)}, beyond that x ${show(beyondBare)}`,
        ],
        numbers: { samples, value, beyondBare },
      },
    ];
  });
}

function ratios(a, b) {
  return a.map((value, index) => value / b[index]);
}
