// Under ten times the users that a server can serve at a time, as much gets done as under just enough of them.
import { startGateway, upstream } from '../fronts.mjs';
import { interleave, pick, requireSuccess, warmUp } from '../rounds.mjs';
import { estimate, estimateRatio } from '../../../dist/bench/statistics.js';
import { heat, show, toCall, toRow, withAll } from './common.mjs';

/** Calls at a time that the server does; as many wait in the gateway. */
const capacity = 16;
const workMs = 20;
/** All of them are served or wait, so the server is never idle: more cannot get done. */
const enough = 2 * capacity;
const tooMany = 10 * capacity;
/** A refused user tries again after this. */
const pauseMs = 100;

export async function run(context) {
  const { load, dist, rounds, seconds } = context;
  const flags = ['--max-in-flight', capacity, '--max-queue', capacity].map(String);
  const start = () => startGateway(upstream('limited', capacity), { dist, flags });
  return await withAll([start], async ({ url }) => {
    const call = toCall(url, 'work', JSON.stringify({ ms: workMs }));
    const sample = (users) => async () => {
      const job = { groups: [{ name: 'all', users, call, pauseMs }], seconds: seconds(3) };
      const { groups } = await load.run('users', job);
      const { failed, refused } = groups.all;
      // To be refused is no failure here, as long as it is done in the way it says.
      requireSuccess({ ...groups.all, failed: failed - refused });
      return groups.all;
    };
    const sides = { peak: sample(enough), overload: sample(tooMany) };
    await heat(context, [toCall(url, 'work', '{"ms":0}')]);
    await warmUp(1, sides);
    const samples = await interleave(rounds(8), sides);
    const rates = (name) => pick(samples[name], 'callsPerSecond');
    const value = estimateRatio(rates('overload'), rates('peak'));
    const refused = estimate(pick(samples.overload, 'refused').map((count) => count / seconds(3)));
    return [
      toRow({
        title: `goodput at 10 x capacity`,
        target: '>= 0.9 x peak',
        measured: `x ${show(value)}`,
        value,
        limit: { atLeast: 0.9 },
        notes: [
          `peak ${show(estimate(rates('peak')), 0)}/s of ${(capacity * 1_000) / workMs} possible; ${show(refused, 0)} refusals/s, p99 ${show(estimate(pick(samples.overload, 'refusedP99Ms')))} ms`,
        ],
        numbers: { samples, capacity, workMs, users: { enough, tooMany }, pauseMs },
      }),
    ];
  });
}
