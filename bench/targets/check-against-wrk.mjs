#!/usr/bin/env node
// Holds the load generator of mcpo-bench against wrk: the same call to the same gateway, in turns. Exit code 1 when
// the medians are more than a tenth apart, 2 when wrk is not there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiKey, startGateway } from './fronts.mjs';
import { LoadGenerator } from '../../dist/bench/load/load-generator.js';
import { median } from '../../dist/bench/statistics.js';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const users = Number(process.argv[2] ?? 16);
const rounds = Number(process.argv[3] ?? 5);
const seconds = 3;
const most = 0.1;

process.exitCode = await main();

async function main() {
  if (spawnSync('wrk', ['-v']).error !== undefined) {
    process.stderr.write('wrk is not on this machine; install it, as in: apt-get install wrk\n');
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-wrk-'));
  const server = [process.execPath, join(dist, 'bench', 'upstreams', 'synthetic.js'), 'slow'];
  const gateway = await startGateway(server, { dist, flags: ['--log-level', 'warn'] });
  const generator = LoadGenerator.start(1);
  try {
    const script = join(folder, 'call.lua');
    writeFileSync(script, toLua());
    const found = { ours: [], wrk: [] };
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const ours = await measureOurs(generator, gateway.url);
      const wrk = measureWrk(script, gateway.url);
      if (round === 0) continue;
      found.ours.push(ours);
      found.wrk.push(wrk);
      console.log(`round ${round}: mcpo-bench ${ours.toFixed(0)}, wrk ${wrk.toFixed(0)} calls/s`);
    }
    const [ours, wrk] = [median(found.ours), median(found.wrk)];
    const ratio = ours / wrk;
    console.log(
      `${users} users, medians of ${rounds}: mcpo-bench ${ours.toFixed(0)}, wrk ${wrk.toFixed(0)} calls/s, ratio ${ratio.toFixed(3)}`,
    );
    return Math.abs(ratio - 1) <= most ? 0 : 1;
  } finally {
    generator.stop();
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureOurs(generator, url) {
  const call = { tool: 'echo', path: '/varied', argumentsText: '{"text":"hello"}', hasToken: false };
  const running = await generator.start({
    via: 'http',
    rate: undefined,
    users,
    url,
    headers: { authorization: `Bearer ${apiKey}` },
    calls: [call],
    sequence: [0],
  });
  await running.measure(() => {});
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const counts = await running.stop();
  const calls = counts.reduce(
    (sum, { histogram }) => sum + histogram.reduce((all, [, count]) => all + count, 0),
    0,
  );
  return calls / Math.max(...counts.map((count) => count.seconds));
}

function measureWrk(script, url) {
  const words = ['-t', '1', '-c', String(users), '-d', `${seconds}s`, '-s', script, `${url}/varied`];
  const { stdout } = spawnSync('wrk', words, { encoding: 'utf8', timeout: (seconds + 30) * 1_000 });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s*([\d.]+)/.exec(stdout)?.[1]);
}

function toLua() {
  return `wrk.method = "POST"
wrk.body = '{"text":"hello"}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer ${apiKey}"
`;
}
