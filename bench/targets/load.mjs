#!/usr/bin/env node
// The load generator: a process of its own, so that what it uses is not taken for the gateway's, kept over a whole
// run, so that it is warm. It takes jobs over its channel, one at a time. `openLoad` starts it.
import autocannon from 'autocannon';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { HttpUser, toRequest } from './load/http-users.mjs';
import { isSuccess, StdioClient } from '../../dist/bench/load/stdio-client.js';
import { percentile } from '../../dist/bench/statistics.js';

/**
 * A call as users make it.
 *
 * @typedef {{url: string, headers: Record<string, string>, body: string}} Call
 */

const self = fileURLToPath(import.meta.url);
const direct = new Map();
/** Calls so far, of all jobs. */
let made = 0;
const jobs = {
  autocannon: runAutocannon,
  users: runUsers,
  burst: runBurst,
  large: runLarge,
  open,
  close,
  stdio: runStdio,
};

if (process.argv[1] === self && process.send !== undefined) {
  process.on('message', ({ kind, ...job }) => {
    void measured(async () => await jobs[kind](job)).then(
      (result) => process.send({ result }),
      (error) => process.send({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Starts the load generator. @returns {{run: (kind: string, job: object) => Promise<any>, stop: () => void}} */
export function openLoad() {
  const child = fork(self, { stdio: ['ignore', 2, 2, 'ipc'] });
  const run = async (kind, job) =>
    await new Promise((resolve, reject) => {
      const limitMs = ((job.seconds ?? 0) + 120) * 1_000;
      const late = setTimeout(() => settle({ error: `no result of ${kind} within ${limitMs} ms` }), limitMs);
      const settle = ({ result, error }) => {
        clearTimeout(late);
        child.off('message', settle).off('exit', die);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      };
      const die = () => settle({ error: 'the load generator ended' });
      child.on('message', settle).on('exit', die);
      child.send({ kind, ...job });
    });
  return { run, stop: () => child.kill() };
}

/** What the generator itself needed: near one core, it was what limited the rate. */
async function measured(action) {
  const cpu = process.cpuUsage();
  const before = performance.now();
  const result = await action();
  const { user, system } = process.cpuUsage(cpu);
  return { ...result, generatorCores: (user + system) / 1e3 / (performance.now() - before) };
}

/** @param {{call: Call, connections: number, seconds: number}} job */
async function runAutocannon({ call: { url, headers, body }, connections, seconds }) {
  const run = await autocannon({ url, method: 'POST', headers, body, connections, duration: seconds });
  const succeeded = run['2xx'];
  return { succeeded, failed: run.non2xx + run.errors, callsPerSecond: succeeded / run.duration };
}

/**
 * Users in groups, each calling again as soon as it is answered, or `pauseMs` after it was refused;
 * those who would pause begin one after the other within that time.
 *
 * @param {{groups: readonly {name: string, users: number, call: Call, pauseMs?: number}[], seconds?: number, calls?: number}} job
 *   it ends after so many seconds, or calls of the first group
 */
async function runUsers({ groups, seconds = Infinity, calls = Infinity }) {
  const state = { isOver: false };
  // Connecting is not what is measured.
  const connected = await Promise.all(groups.map(async ({ users, call }) => await openUsers(users, call)));
  const before = performance.now();
  const until = before + seconds * 1_000;
  const runs = await Promise.all(
    groups.map(async ({ name, call, pauseMs }, index) => {
      const isOver = (done) => {
        if (performance.now() >= until || (index === 0 && done >= calls)) state.isOver = true;
        return state.isOver;
      };
      return [name, await repeat(connected[index], call, isOver, pauseMs)];
    }),
  );
  return { seconds: (performance.now() - before) / 1_000, groups: Object.fromEntries(runs) };
}

async function pause(ms) {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function openUsers(count, { url }) {
  return await Promise.all(Array.from({ length: count }, async () => await HttpUser.open(url)));
}

async function repeat(users, call, isOver, pauseMs = 0) {
  const toNext = varies(call) ? (user, n) => toRequest(fill(call, user, n)) : constant(toRequest(call));
  const latencies = [];
  const refusals = [];
  let last = performance.now();
  let failed = 0;
  let done = 0;
  const before = performance.now();
  const work = async (user, index) => {
    // Users do not know of each other: in step, they would come in waves.
    if (pauseMs > 0) await pause((index / users.length) * pauseMs);
    while (!isOver(done)) {
      made += 1;
      const bytes = toNext(index, made);
      const sent = performance.now();
      const { status } = await user.call(bytes);
      done += 1;
      last = performance.now();
      if (status >= 200 && status < 300) latencies.push(last - sent);
      else failed += 1;
      if (status === 503) refusals.push(last - sent);
      if (status === 503 && pauseMs > 0) await pause(pauseMs);
      if (status === 0) break;
    }
    user.close();
  };
  await Promise.all(users.map(work));
  const refusedP99Ms = refusals.length === 0 ? 0 : percentile(refusals, 0.99);
  return {
    // Who pauses at the end has nothing more to do.
    ...summarize(latencies, last - before),
    failed,
    refused: refusals.length,
    refusedP99Ms,
  };
}

function constant(value) {
  return () => value;
}

/** Whether headers are of a user, or of a call. */
function varies({ headers }) {
  return Object.values(headers).some((value) => value.includes('<'));
}

/** Headers in which `<user>` is the user's number and `<call>` that of the call, which no other has. */
function fill({ headers, ...call }, user, n) {
  const of = (value) => value.replace('<user>', user).replace('<call>', n);
  return {
    ...call,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, of(value)])),
  };
}

/** All users at once, one call each. @param {{users: number, call: Call}} job */
async function runBurst({ users, call }) {
  const bytes = toRequest(call);
  const all = await openUsers(users, call);
  const before = performance.now();
  const answers = await Promise.all(all.map(async (user) => await user.call(bytes)));
  const wallMs = performance.now() - before;
  for (const user of all) user.close();
  const succeeded = answers.filter(({ status }) => status === 200).length;
  return { wallMs, succeeded, failed: users - succeeded };
}

/**
 * One call with a large answer; what it said is looked at after the clock has stopped.
 *
 * @param {{call: Call, meanwhile?: Call}} job `meanwhile`: what another user calls as long as it lasts
 */
async function runLarge({ call: { url, headers, body }, meanwhile }) {
  let isOver = false;
  const others = meanwhile && repeat(await openUsers(1, meanwhile), meanwhile, (done) => isOver && done > 0);
  const chunks = [];
  const before = performance.now();
  const status = await new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(response.statusCode));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
  const ms = performance.now() - before;
  isOver = true;
  const hash = createHash('sha256');
  let bytes = 0;
  for (const chunk of chunks) {
    bytes += chunk.length;
    hash.update(chunk);
  }
  return { status, ms, bytes, sha256: hash.digest('hex'), meanwhile: await others };
}

/** Starts a server to speak to directly. @param {{name: string, command: readonly string[]}} job */
async function open({ name, command }) {
  direct.set(name, await StdioClient.open({ words: command }));
}

async function close({ name }) {
  await direct.get(name).close();
  direct.delete(name);
}

/** Calls through the pipe. @param {{name: string, tool: string, body: string, inFlight: number, seconds?: number, calls?: number}} job */
async function runStdio({ name, tool, body, inFlight, seconds = Infinity, calls = Infinity }) {
  const client = direct.get(name);
  const latencies = [];
  let failed = 0;
  const before = performance.now();
  const until = before + seconds * 1_000;
  const work = async () => {
    while (performance.now() < until && latencies.length + failed < calls) {
      const sent = performance.now();
      if (isSuccess(await client.call(tool, body))) latencies.push(performance.now() - sent);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return { ...summarize(latencies, performance.now() - before), failed };
}

function summarize(latencies, ms) {
  const succeeded = latencies.length;
  if (succeeded === 0) return { succeeded, callsPerSecond: 0 };
  return {
    succeeded,
    callsPerSecond: (succeeded / ms) * 1_000,
    p50Ms: percentile(latencies, 0.5),
    p90Ms: percentile(latencies, 0.9),
    p99Ms: percentile(latencies, 0.99),
    maxMs: percentile(latencies, 1),
  };
}
