// N users of a slow tool wait as long as one, since all their calls are at the server at the same time.
import { startBare, startGateway, upstream } from '../fronts.mjs';
import { interleave, pick, requireSuccess, warmUp } from '../rounds.mjs';
import { estimate } from '../../../dist/bench/statistics.js';
import { heat, show, toCall, toRow, withAll } from './common.mjs';

const users = 100;

export async function run(context) {
  const { load, dist, rounds } = context;
  const command = upstream('sleep');
  return await withAll(
    [() => startBare(command), () => startGateway(command, { dist })],
    async (bare, gateway) => {
      const side =
        ({ url }) =>
        async () => {
          const result = await load.run('burst', { users, call: toCall(url, 'sleep', '{"ms":100}') });
          requireSuccess(result);
          return { ...result, mostInFlight: await askMostInFlight(url) };
        };
      const sides = { bare: side(bare), gateway: side(gateway) };
      await heat(context, [toCall(bare.url, 'echo'), toCall(gateway.url, 'echo')]);
      await warmUp(5, sides);
      const samples = await interleave(rounds(9), sides);
      const value = estimate(pick(samples.gateway, 'wallMs'));
      const mostInFlight = Math.min(...pick(samples.gateway, 'mostInFlight'));
      const row = toRow({
        title: `${users} users of a 100 ms tool`,
        target: '<= 115 ms',
        measured: `${show(value, 0)} ms`,
        value,
        limit: { atMost: 115 },
        notes: [`wall clock of bare ${show(estimate(pick(samples.bare, 'wallMs')), 0)} ms`],
        numbers: { samples, users },
      });
      const inFlight = {
        title: `calls seen at the server`,
        target: `${users}`,
        measured: `${mostInFlight}`,
        verdict: mostInFlight === users ? 'met' : 'missed',
        isUncertain: false,
        notes: ['the least of all rounds'],
        numbers: { mostInFlight: pick(samples.gateway, 'mostInFlight') },
      };
      return [row, inFlight];
    },
  );
}

/** The most at one time since this was last asked. */
async function askMostInFlight(url) {
  const { headers, body, ...call } = toCall(url, 'most_in_flight', '{}');
  const answer = await fetch(call.url, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(10_000),
  });
  // A front that reads JSON in texts answers the number, another one the text.
  return Number(await answer.json());
}
