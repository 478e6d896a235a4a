// Large results arrive whole, in time that grows with them, in little more memory than they are, and past others.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, upstream } from '../fronts.mjs';
import { canMeasureProcesses, readPeakRssMb, readRssMb, resetPeakRss } from '../../../dist/bench/machine.js';
import { median } from '../../../dist/bench/statistics.js';
import { toText } from '../upstreams/large-text.mjs';
import { toCall, withAll } from './common.mjs';

const megabyte = 1_000_000;

export async function run({ load, dist, isQuick }) {
  const sizes = isQuick ? [1, 10] : [1, 10, 50, 100];
  const measured = [];
  for (const size of sizes) measured.push(await measure(size, { load, dist, repeats: size === 1 ? 15 : 5 }));
  const json = await measure(sizes.at(-1), { load, dist, repeats: 1, form: 'json' });
  const whole = [...measured, json].filter(({ isWhole }) => isWhole).length;
  const { sameServer, otherServer } = measured.at(-1);
  return [
    {
      title: `results of ${sizes.join(', ')} MB`,
      target: 'all delivered',
      ...asVerdict(whole === sizes.length + 1, `${whole} of ${sizes.length + 1} whole`),
      notes: [
        `the last of them is ${json.size} MB of text that is JSON: ${json.ms.toFixed(0)} ms, RSS + ${json.growth?.toFixed(1)} x`,
      ],
      numbers: { measured, json },
    },
    timeRow(measured),
    memoryRow(measured),
    smallRow(`beside ${measured.at(-1).size} MB`, otherServer, 'of another server'),
    smallRow('on the same pipe', sameServer, 'that share a pipe with the large result, and wait for its end'),
  ];
}

function smallRow(where, small, what) {
  return {
    title: `small calls ${where}`,
    target: 'answered',
    ...asVerdict(small.failed === 0 && small.succeeded > 0, `p99 ${small.p99Ms?.toFixed(0)} ms`),
    notes: [
      `${small.succeeded} calls ${what}: p50 ${small.p50Ms?.toFixed(1)} ms, max ${small.maxMs?.toFixed(0)} ms`,
    ],
    numbers: small,
  };
}

function toServer([command, ...args]) {
  return { command, args };
}

/** Starts a gateway of two servers, so that a large result of one can be seen from the other. */
async function startPair(dist) {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-bench-'));
  const config = join(folder, 'config.json');
  const mcpServers = { large: toServer(upstream('large')), other: toServer(upstream('echo')) };
  writeFileSync(config, JSON.stringify({ mcpServers }));
  const front = await startGateway(undefined, { dist, flags: ['--config', config] });
  const stop = async () => {
    await front.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...front, stop };
}

/** A gateway of its own, so that one size does not pay for the memory of another. */
async function measure(size, { load, dist, repeats, form = 'text' }) {
  return await withAll([() => startPair(dist)], async ({ url, pid }) => {
    const call = (megabytes, kind) =>
      toCall(`${url}/large`, 'large', JSON.stringify({ megabytes, form: kind }));
    const beside = async (server) => {
      const runs = [];
      for (let count = 0; count < 3; count += 1) {
        const meanwhile = toCall(`${url}/${server}`, 'echo');
        runs.push((await load.run('large', { call: call(size, form), meanwhile })).meanwhile);
      }
      return toWorst(runs);
    };
    for (let warmUp = 0; warmUp < 5; warmUp += 1) await load.run('large', { call: call(1, 'text') });
    const baselineMb = canMeasureProcesses ? readRssMb(pid) : undefined;
    if (canMeasureProcesses) resetPeakRss(pid);
    const answers = [];
    let firstPeakMb;
    for (let count = 0; count < repeats; count += 1) {
      answers.push(await load.run('large', { call: call(size, form) }));
      if (canMeasureProcesses) firstPeakMb ??= readPeakRssMb(pid);
    }
    const peakMb = canMeasureProcesses ? readPeakRssMb(pid) : undefined;
    const otherServer = await beside('other');
    const sameServer = await beside('large');
    const digests = digestsOf(form, size);
    const isWhole = answers.every(({ status, sha256 }) => status === 200 && digests.includes(sha256));
    const ms = median(answers.map((answer) => answer.ms));
    const growth = peakMb === undefined ? undefined : (peakMb - baselineMb) / size;
    return {
      size,
      form,
      isWhole,
      ms,
      msPerMb: ms / size,
      baselineMb,
      firstPeakMb,
      peakMb,
      growth,
      otherServer,
      sameServer,
      answers,
    };
  });
}

/** All calls of several runs, and the worst of their latencies. */
function toWorst(runs) {
  const sum = (key) => runs.reduce((total, each) => total + each[key], 0);
  const most = (key) => Math.max(...runs.map((each) => each[key]));
  return {
    succeeded: sum('succeeded'),
    failed: sum('failed'),
    p50Ms: median(runs.map(({ p50Ms }) => p50Ms)),
    p99Ms: most('p99Ms'),
    maxMs: most('maxMs'),
  };
}

/** The digests of what may be answered: the text as a JSON string, and of a text that is JSON also that JSON as it stands. */
function digestsOf(form, size) {
  const text = toText(form, size * megabyte);
  return [JSON.stringify(text), ...(form === 'json' ? [text] : [])].map((body) =>
    createHash('sha256').update(body).digest('hex'),
  );
}

function timeRow(measured) {
  const [least, most] = [measured[0], measured.at(-1)];
  const ratio = most.msPerMb / least.msPerMb;
  return {
    title: `time per MB, ${most.size} MB / 1 MB`,
    target: '<= 1.5',
    ...asVerdict(ratio <= 1.5, ratio.toFixed(2)),
    notes: [
      `ms per MB  ${measured.map(({ size, msPerMb }) => `${size} MB: ${msPerMb.toFixed(1)}`).join(', ')}`,
    ],
    numbers: { ratio },
  };
}

function memoryRow(measured) {
  const row = { title: 'peak RSS over idle / payload', target: '<= 5 (50 MB and up)' };
  const large = measured.filter(({ size }) => size >= 50);
  if (!canMeasureProcesses || large.length === 0) {
    const why = canMeasureProcesses ? 'sizes of 50 MB and up are not run with --quick' : 'there is no /proc';
    return { ...row, ...skipped(why) };
  }
  const growth = Math.max(...large.map((each) => each.growth));
  return {
    ...row,
    ...asVerdict(growth <= 5, growth.toFixed(1)),
    notes: large.map(({ size, baselineMb, firstPeakMb, peakMb, answers }) => {
      const first = ((firstPeakMb - baselineMb) / size).toFixed(1);
      const peaks = `${firstPeakMb.toFixed(0)} MB after one, ${peakMb.toFixed(0)} MB after ${answers.length}`;
      return `${size} MB: ${baselineMb.toFixed(0)} MB idle, ${peaks}; the first alone ${first} x`;
    }),
    numbers: { growth },
  };
}

function asVerdict(isMet, measured) {
  return { measured, verdict: isMet ? 'met' : 'missed', isUncertain: false };
}

function skipped(why) {
  return { measured: '-', verdict: 'not run', isUncertain: false, notes: [why], numbers: {} };
}
