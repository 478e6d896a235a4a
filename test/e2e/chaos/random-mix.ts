import { setTimeout as sleep } from 'node:timers/promises';
import { openRaw, post, postHead } from '../../fixtures/raw-http.ts';
import type { ChaosGateway } from './chaos-gateway.ts';
import { users, type Plan } from './crowd.ts';
import type { Ending, PlannedCall } from './outcome.ts';

/** From 0 up to 1. */
export type Random = () => number;

/** Whatever a call does, the server may die meanwhile. */
const onDeath: readonly Ending[] = ['upstream_unavailable', 'upstream_not_ready'];
const deaths = ['exit_0', 'exit_1', 'half_then_exit', 'close_stdout', 'close_stdin', 'crash', 'SIGKILL'];
/** One more in a row would be an outage. */
const maxDeaths = 4;
/** Before the end; whoever has not died by then does. */
const lastDeathMs = 4_000;

/** One kind of call: how often, relative to the others, and what it is. */
type Kind = readonly [
  weight: number,
  hows: ReadonlyArray<string | undefined>,
  call: Omit<PlannedCall, 'how'>,
];

const kinds: readonly Kind[] = [
  [100, [undefined], { tool: 'work', endings: ['ok'] }],
  [30, [undefined], { tool: 'work_again', endings: ['ok'] }],
  [
    40,
    ['string_id', 'float_id', 'result_first', 'spaced', 'batch', 'escaped'],
    { tool: 'work', endings: ['ok'] },
  ],
  [40, ['split', 'hold', 'twice', 'unknown_ids', 'garbage'], { tool: 'work_again', endings: ['ok'] }],
  [4, ['bytes'], { tool: 'work', endings: ['ok'] }],
  [
    2,
    ['flood_notifications', 'flood_requests', 'flood_stderr', 'flood_list_changed'],
    { tool: 'work', endings: ['ok'] },
  ],
  [1, ['busy', 'deaf_for_a_while'], { tool: 'work', endings: ['ok'] }],
  [4, ['no_result', 'no_content'], { tool: 'work', endings: ['invalid_result'] }],
  [4, ['error', 'odd_error'], { tool: 'work', endings: ['upstream_error'] }],
  [2, ['rejected'], { tool: 'work', endings: ['rejected_arguments'] }],
  [2, ['tool_error'], { tool: 'work', endings: ['tool_error'] }],
  [6, ['never', 'half_line', 'glued'], { tool: 'work_brief', endings: ['upstream_timeout'] }],
];
const weights = kinds.reduce((sum, [weight]) => sum + weight, 0);

/** The same numbers for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each user goes through a mix of their own until it is over. */
export function randomPlan(seed: number, endsAt: number): Plan {
  const randoms = Array.from({ length: users }, (_, user) => createRandom(seed + 1 + user));
  return (user) => {
    const random = randoms[user] ?? Math.random;
    if (performance.now() >= endsAt) return undefined;
    let left = random() * weights;
    const [, hows, call] = kinds.find(([weight]) => (left -= weight) < 0) ?? plain;
    const how = pick(hows, random);
    return {
      ...call,
      ...(how !== undefined && { how }),
      endings: [...call.endings, ...onDeath],
      ms: Math.floor(random() * 80),
      // Each byte is a write to one side, and a read to the other.
      pad: Math.floor(random() ** 4 * (how === 'bytes' ? 20 : 20_000)),
      pauseMs: random() * 800,
    };
  };
}

/** Stops and kills the server now and then, and calls rudely beside. @returns the calls that took, but for the rude */
export async function torment(chaos: ChaosGateway, random: Random, endsAt: number): Promise<number> {
  let calls = 0;
  let died = 0;
  while (performance.now() < endsAt) {
    const [dice, which, pauseMs] = [random(), random(), 100 + random() * 300];
    await sleep(pauseMs);
    const facts = await chaos.call('facts');
    calls += 1;
    if (facts.status !== 200) continue;
    const { pid } = facts.json() as { readonly pid: number };
    const mustDie = died === 0 && performance.now() > endsAt - lastDeathMs;
    if (mustDie || (dice < 0.2 && died < maxDeaths)) {
      died += 1;
      calls += await end(chaos, pid, deaths[Math.floor(which * deaths.length)] ?? 'crash');
    } else if (dice < 0.4) {
      await stopFor(pid, which * 400);
    } else {
      await callRudely(chaos.port, which * 100);
    }
  }
  return calls;
}

const plain: Kind = [1, [undefined], { tool: 'work', endings: ['ok'] }];

function pick<T>(of: readonly T[], random: Random): T | undefined {
  return of[Math.floor(random() * of.length)];
}

async function end(chaos: ChaosGateway, pid: number, how: string): Promise<number> {
  if (how === 'SIGKILL') {
    signal(pid, 'SIGKILL');
    return 0;
  }
  // Its answer is nobody's business: the server may have died of something else before.
  await chaos.call('work', { token: 'last words', how });
  return 1;
}

async function stopFor(pid: number, ms: number): Promise<void> {
  signal(pid, 'SIGSTOP');
  await sleep(ms);
  signal(pid, 'SIGCONT');
}

/** It may have died a moment ago. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Dead indeed.
  }
}

/** Hangs up in mid-call, and in the middle of a body. */
async function callRudely(port: number, ms: number): Promise<void> {
  const connections = await Promise.all(Array.from({ length: 10 }, async () => await openRaw(port)));
  const head = postHead('/chaos/work_rude', ['content-length: 100']);
  for (const [index, connection] of connections.entries())
    connection.write(index % 2 === 0 ? post('/chaos/work_rude', '{"how":"never"}') : `${head}{"token":`);
  await sleep(ms);
  for (const connection of connections) connection.destroy();
}
