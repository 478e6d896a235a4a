#!/usr/bin/env node
// What a call costs with what can be switched on, against the same gateway without it, taken in turn. Needs a fresh dist/,
// and redis-server for what is shared by a Redis.
//   node bench/targets/switches.mjs [--only <name>]… [--rounds <n>] [--dist <folder>] [--out <file>]
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, measureOthers } from '../../dist/bench/machine.js';
import { estimate, estimateRatio } from '../../dist/bench/statistics.js';
import { startGateway, upstream } from './fronts.mjs';
import { openLoad } from './load.mjs';
import { writeResults } from './report.mjs';
import { interleave, pick, sampleCpu, warmUp } from './rounds.mjs';
import { heat, show, toCall, withAll } from './scenarios/common.mjs';

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const connections = 32;
const aLimit = ['--rate-limit', '1000000000/d'];
const aKey = { 'idempotency-key': 'call-<call>' };

if (process.send !== undefined && process.argv[2] === 'collector') collect();
else await main();

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string', default: '7' },
      calls: { type: 'string', default: '20000' },
      dist: { type: 'string', default: join(root, 'dist') },
      out: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-switches-'));
  const collector = fork(self, ['collector']);
  const load = openLoad();
  const redis = await startRedis();
  try {
    const [port] = await new Promise((resolve) => collector.once('message', (...said) => resolve(said)));
    const switches = Object.entries(switchesOf({ folder, port, redis }));
    const chosen = switches.filter(([name]) => values.only?.includes(name) ?? true);
    const server = upstream('echo');
    const sides = [['off', {}], ...chosen];
    const starts = sides.map(
      ([, how]) =>
        async () =>
          await startGateway(server, { dist: values.dist, ...how }),
    );
    await withAll(starts, async (...fronts) => {
      const othersCores = await measureOthers();
      const runs = sides.map(([name, { headers }], index) => [
        name,
        async () =>
          await sampleCpu(
            async () =>
              (
                await load.run('users', {
                  groups: [{ name: 'all', users: connections, call: toJob(fronts[index], headers) }],
                  calls: Number(values.calls),
                })
              ).groups.all,
            [fronts[index].pid],
          ),
      ]);
      await heat(
        { load, isQuick: false },
        sides.map(([, { headers }], index) => toJob(fronts[index], headers)),
      );
      await warmUp(1, Object.fromEntries(runs));
      const samples = await interleave(Number(values.rounds), Object.fromEntries(runs));
      const off = pick(samples.off, 'cpuUsPerCall');
      const rows = Object.entries(samples).map(([name, of]) => {
        const us = pick(of, 'cpuUsPerCall');
        return { name, usPerCall: estimate(us), ratio: estimateRatio(us, off), samples: of };
      });
      for (const { name, usPerCall, ratio } of rows)
        console.log(`${name.padEnd(24)} ${show(usPerCall).padEnd(26)} µs   x ${show(ratio)}`);
      const machine = { ...describeMachine(), othersCores };
      console.log(JSON.stringify(machine));
      const metrics = await Promise.all(fronts.map(async ({ url }) => await lostAt(url)));
      console.log('spans lost', metrics.join(' '));
      if (values.out !== undefined) writeResults(values.out, { machine, rows });
    });
  } finally {
    load.stop();
    collector.disconnect();
    redis?.child.kill();
    rmSync(folder, { recursive: true });
  }
}

function toJob({ url }, headers = {}) {
  const call = toCall(url, 'echo');
  return { ...call, headers: { ...call.headers, ...headers } };
}

/** What can be switched on; undefined where it needs something that is not there. */
function switchesOf({ folder, port, redis }) {
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  const sampled = {
    ...traced,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
  };
  return {
    audit: { flags: ['--audit-log', join(folder, 'audit.log')] },
    'audit, no arguments': { flags: ['--audit-log', join(folder, 'none.log'), '--audit-arguments', 'none'] },
    tracing: { env: traced },
    'tracing of 1 %': { env: sampled },
    'a limit': { flags: aLimit },
    'a key': { headers: aKey },
    ...(redis && {
      'redis, a limit': { flags: [...aLimit, '--redis-url', redis.url] },
      'redis, no key': { flags: ['--redis-url', redis.url] },
      'redis, a key': { flags: ['--redis-url', redis.url], headers: aKey },
    }),
  };
}

async function lostAt(url) {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer k' } })).text();
  return /^mcpo_trace_spans_lost_total (\d+)/m.exec(text)?.[1] ?? '-';
}

/** Takes spans, and forgets them. */
function collect() {
  const server = createHttpServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
}

async function startRedis() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  });
  return { child, url: `redis://127.0.0.1:${port}` };
}
