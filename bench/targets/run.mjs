#!/usr/bin/env node
// The target table: what the gateway costs, measured against what could cost no less. Needs a fresh dist/.
//   node bench/targets/run.mjs [--only <row>]… [--quick | --long] [--dist <folder>] [--out <file>]
// Exit code 0: every target that was measured is met; 1: one is missed or could not be measured; 2: wrong options.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openLoad } from './load.mjs';
import { canMeasureProcesses, describeMachine, measureOthers } from '../../dist/bench/machine.js';
import { tableHead, toSummary, toText, writeResults } from './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scenarios = [
  'cpu',
  'tools',
  'mcpo',
  'throughput',
  'latency',
  'pipelining',
  'head-of-line',
  'overload',
  'large',
  'ready',
  'memory',
];

process.exitCode = await main(process.argv.slice(2));

async function main(words) {
  const options = readOptions(words);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  const { only, isQuick, isLong, dist, out } = options;
  const machine = describeMachine();
  const others = await measureOthers();
  const isShared = machine.loadAverage > 1 || others > 0.2;
  console.log(
    [
      `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load average ${machine.loadAverage}`,
      ...(isShared
        ? [`The machine is shared: others keep ${others.toFixed(1)} cores busy. Ratios hold, rates do not.`]
        : []),
      ...(isQuick ? ['--quick: few and short rounds; no verdict here is worth much.'] : []),
      '',
      tableHead(),
    ].join('\n'),
  );
  const load = openLoad();
  const context = {
    load,
    dist,
    isQuick,
    isLong,
    cores: machine.cores,
    rounds: (count) => (isQuick ? Math.min(2, count) : count),
    seconds: (count) => (isQuick ? Math.min(0.5, count / 4) : count),
  };
  const rows = [];
  try {
    for (const name of only) {
      const othersCores = Number((await measureOthers()).toFixed(2));
      for (const row of await measureScenario(name, context)) {
        console.log(toText(row));
        rows.push({ scenario: name, othersCores, ...row });
      }
    }
  } finally {
    load.stop();
  }
  console.log(`\n${toSummary(rows)}`);
  if (out !== undefined) writeResults(out, { machine: { ...machine, isShared }, isQuick, isLong, rows });
  return rows.some(({ verdict }) => verdict === 'missed' || verdict === 'failed') ? 1 : 0;
}

/** A scenario that cannot be measured is a row too, and stops no other. */
async function measureScenario(name, context) {
  const row = { title: name, target: '', measured: '-', isUncertain: false, numbers: {} };
  try {
    const { run, needs } = await import(`./scenarios/${name}.mjs`);
    if (needs === 'processes' && !canMeasureProcesses)
      return [
        { ...row, verdict: 'skipped', notes: ['processor time is read from /proc, and there is none'] },
      ];
    return await run(context);
  } catch (error) {
    return [{ ...row, verdict: 'failed', notes: [error instanceof Error ? error.message : String(error)] }];
  }
}

function readOptions(words) {
  const options = {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    dist: { type: 'string', default: join(root, 'dist') },
    out: { type: 'string' },
  };
  let values;
  try {
    ({ values } = parseArgs({ args: words, options }));
  } catch (error) {
    return error.message;
  }
  const { only = scenarios, quick: isQuick, long: isLong, dist } = values;
  const unknown = only.find((name) => !scenarios.includes(name));
  if (unknown !== undefined) return `There is no row ${unknown}; there are ${scenarios.join(', ')}.`;
  if (isQuick && isLong) return '--quick and --long are opposites.';
  if (!existsSync(join(dist, 'src', 'cli', 'serve.js')))
    return `There is no gateway in ${String(dist)}: run npm run build.`;
  // Part of a table, or a hasty one, must not replace what is kept.
  const isWhole = values.only === undefined && !isQuick;
  const out = values.out ?? (isWhole ? join(root, 'bench', 'targets', 'results', 'targets.json') : undefined);
  return { only, isQuick, isLong, dist, out };
}
