#!/usr/bin/env node
// What more workers make of a gateway's rate, beside one process without them. Needs a fresh dist/, and more cores than
// workers: the load generator takes one, the servers take what they need.
//   node bench/targets/workers.mjs [--workers 2]… [--rounds 6] [--seconds 2]
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, measureOthers, readRssMb } from '../../dist/bench/machine.js';
import { estimate, estimateRatio } from '../../dist/bench/statistics.js';
import { startGateway, upstream } from './fronts.mjs';
import { openLoad } from './load.mjs';
import { interleave, limitsOf, pick, sampleCpu, warmUp } from './rounds.mjs';
import { toCall } from './scenarios/common.mjs';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
/** A multiple of all counts: connections are dealt in turn, so each worker gets as many. */
const users = 64;
const servers = [
  ['pure echo', ['echo']],
  ['SDK, 200 µs', ['sdk-work', 200]],
];

const { values } = parseArgs({
  options: {
    workers: { type: 'string', multiple: true, default: ['2'] },
    rounds: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '2' },
  },
});
const machine = describeMachine();
const others = await measureOthers();
console.log(
  `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; others keep ${others.toFixed(1)} cores busy`,
);
const load = openLoad();
try {
  for (const server of servers) await compare(server);
} finally {
  load.stop();
}

async function compare([name, words]) {
  const fronts = {};
  for (const count of ['1', ...values.workers])
    fronts[count] = await startGateway(upstream(...words), { dist, flags: ['--workers', count] });
  try {
    const sides = Object.fromEntries(
      Object.entries(fronts).map(([count, front]) => [count, async () => await sample(front)]),
    );
    await warmUp(2, sides);
    const samples = await interleave(Number(values.rounds), sides);
    console.log(`\n${name}, ${users} connections`);
    for (const [count, taken] of Object.entries(samples)) {
      const { median: rate } = estimate(pick(taken, 'callsPerSecond'));
      const { median: cpuUs } = estimate(pick(taken, 'cpuUsPerCall'));
      const ratio = estimateRatio(pick(taken, 'callsPerSecond'), pick(samples['1'], 'callsPerSecond')).median;
      const rssMb = gatewaysOf(fronts[count].pid).reduce((sum, pid) => sum + readRssMb(pid), 0);
      console.log(
        `  --workers ${count}: ${rate.toFixed(0)} calls/s (x ${ratio.toFixed(2)}), ${cpuUs.toFixed(0)} µs of CPU a call, ${rssMb.toFixed(0)} MB`,
      );
      for (const note of limitsOf(taken, machine.cores)) console.log(`    ${note}`);
    }
  } finally {
    for (const front of Object.values(fronts)) await front.stop();
  }
}

async function sample({ url, pid }) {
  const groups = [{ name: 'all', users, call: toCall(url, 'echo') }];
  return await sampleCpu(async () => {
    const { groups: results, generatorCores } = await load.run('users', {
      groups,
      seconds: Number(values.seconds),
    });
    return { ...results.all, generatorCores };
  }, gatewaysOf(pid));
}

/** A gateway's own processes: itself and its workers, whose words are the same. */
function gatewaysOf(pid) {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  const children = readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')[1] === String(pid)
      );
    } catch {
      return false;
    }
  });
  return [
    pid,
    ...children.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8') === words).map(Number),
  ];
}
