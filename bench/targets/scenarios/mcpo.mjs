// The program that the gateway replaces, on the same server with the same load.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiKey, startGateway, upstream } from '../fronts.mjs';
import { findFamily, readName } from '../../../dist/bench/machine.js';
import { interleave, limitsOf, pick, sampleCpu, warmUp } from '../rounds.mjs';
import { estimate, estimateRatio } from '../../../dist/bench/statistics.js';
import { heat, show, toCall, toRow, withAll } from './common.mjs';

/** Without these versions it does not start. */
const pins = ['mcp==1.26.0', 'fastapi==0.128.0', 'pydantic<2.13'].flatMap((pin) => ['--with', pin]);
const program = 'mcpo==0.0.20';
const connections = 32;
const rows = {
  cpu: { title: 'CPU per call, mcpo / gateway', target: '>= 17' },
  rate: { title: 'calls/s, gateway / mcpo', target: '>= 15' },
};

export const needs = 'processes';

export async function run(context) {
  const { load, dist, cores, rounds, seconds } = context;
  const words = findMcpo();
  if (words === undefined) {
    const why = `uvx, or what it fetches, is not here: ${program} was not compared`;
    return Object.values(rows).map((row) => ({
      ...row,
      measured: '-',
      verdict: 'skipped',
      isUncertain: false,
      notes: [why],
      numbers: {},
    }));
  }
  const server = upstream('echo');
  const sample = async ({ url }, pids) => {
    const job = { call: toCall(url, 'echo'), connections, seconds: seconds(3) };
    return await sampleCpu(() => load.run('autocannon', job), pids);
  };
  const starts = [() => startMcpo(words, server), () => startGateway(server, { dist })];
  return await withAll(starts, async (mcpo, gateway) => {
    const sides = {
      mcpo: () => sample(mcpo, mcpo.pids),
      gateway: () => sample(gateway, [gateway.pid]),
    };
    await heat(context, [toCall(gateway.url, 'echo')]);
    await warmUp(1, sides);
    const samples = await interleave(rounds(6), sides);
    const ratio = (field, over, under) =>
      estimateRatio(pick(samples[over], field), pick(samples[under], field));
    const cpu = ratio('cpuUsPerCall', 'mcpo', 'gateway');
    const rate = ratio('callsPerSecond', 'gateway', 'mcpo');
    const of = (name, field) => estimate(pick(samples[name], field)).median.toFixed(0);
    return [
      toRow({
        ...rows.cpu,
        measured: show(cpu, 1),
        value: cpu,
        limit: { atLeast: 17 },
        notes: [
          `${program} ${of('mcpo', 'cpuUsPerCall')} µs, gateway ${of('gateway', 'cpuUsPerCall')} µs a call`,
        ],
        numbers: { samples },
      }),
      toRow({
        ...rows.rate,
        measured: show(rate, 1),
        value: rate,
        limit: { atLeast: 15 },
        notes: [
          `${program} ${of('mcpo', 'callsPerSecond')}, gateway ${of('gateway', 'callsPerSecond')} calls/s`,
          ...limitsOf(samples.gateway, cores),
        ],
        numbers: {},
      }),
    ];
  });
}

/** Looks in what is installed first: a machine without a network must not wait for one. */
function findMcpo() {
  if (spawnSync('uvx', ['--version'], { timeout: 5_000 }).status !== 0) return undefined;
  for (const [flags, timeout] of [
    [['--offline'], 20_000],
    [[], 120_000],
  ]) {
    const words = [...flags, ...pins, program];
    if (spawnSync('uvx', [...words, '--help'], { timeout }).status === 0) return words;
  }
  return undefined;
}

async function startMcpo(words, server) {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const own = ['--host', '127.0.0.1', '--port', String(port), '--api-key', apiKey, '--', ...server];
  // In a group of its own, with what it starts.
  const child = spawn('uvx', [...words, ...own], { stdio: 'ignore', detached: true });
  const killAll = () => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {
      // All of them have ended.
    }
  };
  process.once('exit', killAll);
  const stop = async () => {
    process.off('exit', killAll);
    killAll();
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    await sleep(200);
    const answer = await fetch(`${url}/openapi.json`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (answer?.ok) break;
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error('mcpo did not start');
  }
  // The server is not mcpo, and on Node here.
  const pids = findFamily(child.pid).filter((pid) => !/^(?:node|MainThread)/.test(readName(pid)));
  if (pids.length === 0) throw new Error('mcpo runs, but which processes it is cannot be told');
  return { url, pids, stop };
}

async function findFreePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
