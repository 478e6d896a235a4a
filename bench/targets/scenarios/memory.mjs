// What the gateway holds when nothing happens, and whether calls leave anything behind.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startGateway, timeLimit, upstream } from '../fronts.mjs';
import { canMeasureProcesses, readRssMb } from '../../../dist/bench/machine.js';
import { requireSuccess } from '../rounds.mjs';
import { estimate } from '../../../dist/bench/statistics.js';
import { show, toCall, toRow, withAll } from './common.mjs';

const probe = fileURLToPath(new URL('../baseline/heap-probe.mjs', import.meta.url));

export async function run(context) {
  return [await measureIdle(context), await measureLeak(context)];
}

async function measureIdle({ dist, rounds, isQuick }) {
  const row = { title: 'idle RSS, one server', target: '<= 90 MB' };
  if (!canMeasureProcesses) return { ...row, ...notRun('there is no /proc') };
  const samples = [];
  for (let round = 0; round < rounds(3); round += 1) {
    await withAll([() => startGateway(upstream('echo'), { dist })], async ({ pid }) => {
      await sleep(isQuick ? 1_000 : 5_000);
      samples.push(readRssMb(pid));
    });
  }
  const value = estimate(samples);
  return toRow({
    ...row,
    measured: `${show(value, 0)} MB`,
    value,
    limit: { atMost: 90 },
    notes: ['the gateway alone, without its server'],
    numbers: { samples },
  });
}

async function measureLeak({ load, dist, isQuick, isLong }) {
  const [early, late] = isLong ? [100_000, 1_000_000] : [20_000, 100_000];
  const row = { title: `heap at ${shorten(late)} calls / ${shorten(early)}`, target: '0.95 to 1.05' };
  if (isQuick) return { ...row, ...notRun('the leak check is not run with --quick') };
  const start = () =>
    startGateway(upstream('echo'), { dist, nodeFlags: ['--import', probe], withChannel: true });
  return await withAll([start], async ({ url, child }) => {
    const groups = [{ name: 'all', users: 32, call: toCall(url, 'echo') }];
    const makeCalls = async (calls) => {
      // In parts, so that each has its deadline.
      for (let made = 0; made < calls; made += 100_000) {
        const part = await load.run('users', { groups, calls: Math.min(100_000, calls - made) });
        requireSuccess(part.groups.all);
      }
      return await readHeap(child);
    };
    const first = await makeCalls(early);
    const last = await makeCalls(late - early);
    const ratio = last.heapUsed / first.heapUsed;
    return {
      ...row,
      measured: ratio.toFixed(3),
      verdict: ratio <= 1.05 ? 'met' : 'missed',
      isUncertain: false,
      notes: [
        `heap after GC ${toMb(first.heapUsed)} -> ${toMb(last.heapUsed)} MB, RSS ${toMb(first.rss)} -> ${toMb(last.rss)} MB`,
        ...(isLong ? [] : ['the target is about 1M calls against 100k: --long']),
      ],
      numbers: { first, last, ratio },
    };
  });
}

/** What the gateway's probe says after it has collected garbage. */
async function readHeap(child) {
  child.send('heap');
  const [usage] = await Promise.race([
    once(child, 'message'),
    timeLimit(30_000, () => 'the heap probe says nothing'),
  ]);
  return usage;
}

function toMb(bytes) {
  return (bytes / 1e6).toFixed(1);
}

function shorten(count) {
  return count >= 1_000_000 ? `${count / 1_000_000}M` : `${count / 1_000}k`;
}

function notRun(why) {
  return { measured: '-', verdict: 'not run', isUncertain: false, notes: [why], numbers: {} };
}
