#!/usr/bin/env node
// What a call costs through nginx with one gateway and with three behind it, against one gateway alone, taken in turn.
// Needs a fresh dist/, and nginx.
//   node bench/targets/gateways.mjs [--rounds <n>] [--calls <n>] [--dist <folder>] [--out <file>]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, measureOthers, readCpuUs } from '../../dist/bench/machine.js';
import { estimate } from '../../dist/bench/statistics.js';
import { startGateway, upstream } from './fronts.mjs';
import { openLoad } from './load.mjs';
import { writeResults } from './report.mjs';
import { interleave, pick, requireSuccess, warmUp } from './rounds.mjs';
import { heat, show, toCall, withAll } from './scenarios/common.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    calls: { type: 'string', default: '20000' },
    dist: { type: 'string', default: join(root, 'dist') },
    out: { type: 'string' },
  },
});
const load = openLoad();
const folder = mkdtempSync(join(tmpdir(), 'mcpo-gateways-'));
try {
  const startOne = async () => await startGateway(upstream('echo'), { dist: values.dist });
  await withAll([startOne, startOne, startOne], async (...gateways) => {
    await heat(
      { load, isQuick: false },
      gateways.map(({ url }) => toCall(url, 'echo')),
    );
    const balancers = [() => startNginx(gateways.slice(0, 1)), () => startNginx(gateways)];
    await withAll(balancers, async (one, three) => {
      const sides = {
        'one gateway': async () => await sample(gateways[0].url, gateways.slice(0, 1), []),
        'nginx and one': async () => await sample(one.url, gateways.slice(0, 1), one.pids),
        'nginx and three': async () => await sample(three.url, gateways, three.pids),
      };
      const othersCores = await measureOthers();
      await warmUp(1, sides);
      const samples = await interleave(Number(values.rounds), sides);
      const rows = Object.entries(samples).map(([name, of]) => ({
        name,
        gatewayUs: estimate(pick(of, 'gatewayUs')),
        nginxUs: estimate(pick(of, 'nginxUs')),
        callsPerSecond: estimate(pick(of, 'callsPerSecond')),
        samples: of,
      }));
      for (const { name, gatewayUs, nginxUs, callsPerSecond } of rows)
        console.log(
          `${name.padEnd(16)} gateways ${show(gatewayUs)} µs, nginx ${show(nginxUs)} µs a call; ${show(callsPerSecond)} calls/s`,
        );
      const machine = { ...describeMachine(), othersCores };
      console.log(JSON.stringify(machine));
      if (values.out !== undefined) writeResults(values.out, { machine, rows });
    });
  });
} finally {
  load.stop();
  rmSync(folder, { recursive: true });
}

/** Thirty-two users, each with a name that nginx hashes; what each process took for a call. */
async function sample(url, gateways, nginxPids) {
  const { headers, ...call } = toCall(url, 'echo');
  const group = {
    name: 'all',
    users: 32,
    call: { ...call, headers: { ...headers, 'x-openwebui-user-id': 'u<user>' } },
  };
  const all = gateways.map(({ pid }) => pid);
  const before = [cpuOf(all), cpuOf(nginxPids)];
  const { groups, generatorCores } = await load.run('users', {
    groups: [group],
    calls: Number(values.calls),
  });
  const result = groups.all;
  requireSuccess(result);
  const [ofGateways, ofNginx] = [cpuOf(all) - before[0], cpuOf(nginxPids) - before[1]];
  return {
    ...result,
    generatorCores,
    gatewayUs: ofGateways / result.succeeded,
    nginxUs: ofNginx / result.succeeded,
  };
}

function cpuOf(pids) {
  return pids.reduce((sum, pid) => sum + readCpuUs(pid), 0);
}

/** As deploy/balancers has it, with one worker. */
async function startNginx(gateways) {
  const port = await freePort();
  const place = mkdtempSync(join(folder, 'nginx-'));
  const lines = gateways.map(({ url }) => `  server ${new URL(url).host};\n`).join('');
  const text = readFileSync(join(root, 'deploy', 'balancers', 'nginx.conf'), 'utf8')
    .replace(/(?: {2}server gateway.*\n)+/, lines)
    .replace('listen 8080', `listen 127.0.0.1:${port}`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${place}/${kind};`,
  );
  const http = `access_log off; keepalive_requests 1000000; ${paths.join(' ')}\n${text}`;
  writeFileSync(
    join(place, 'nginx.conf'),
    `pid ${place}/pid; events { worker_connections 1024; } http { ${http} }`,
  );
  const child = spawn(
    '/usr/sbin/nginx',
    ['-e', `${place}/error.log`, '-c', join(place, 'nginx.conf'), '-g', 'daemon off;'],
    {
      stdio: 'ignore',
    },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(url)); tries += 1)
    if (tries === 100) throw new Error(`nginx does not start: ${readFileSync(`${place}/error.log`, 'utf8')}`);
  const pids = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const stop = async () => {
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  };
  return { url, pids, stop };
}

async function answers(url) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return await fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
