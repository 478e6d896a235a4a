// Starts what stands in front of a server: the gateway, the bare baseline, and what else is compared with them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const apiKey = 'k';
const folder = fileURLToPath(new URL('.', import.meta.url));
/** Logs go to files: what a log costs is part of what is measured. */
const logs = mkdtempSync(join(tmpdir(), 'mcpo-bench-'));
const running = new Set();
let started = 0;

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(logs, { recursive: true, force: true });
});
// Whoever is told to end takes along what was started.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])
  process.on(signal, () => process.exit(code));

/**
 * A running program that printed one JSON line when it was ready.
 *
 * @typedef {object} Front
 * @property {string} url
 * @property {number} pid
 * @property {number} readyMs from its start to the line
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => string} readLog
 * @property {() => Promise<void>} stop
 */

/** The command of a server of `bench/upstreams`. */
export function upstream(name, ...words) {
  return [process.execPath, join(folder, 'upstreams', `${name}.mjs`), ...words.map(String)];
}

/**
 * Starts `mcpo-serve` with a key, metrics and info logs.
 *
 * @param {readonly string[] | undefined} server its command; undefined when flags name a configuration
 * @param {{dist: string, flags?: readonly string[], nodeFlags?: readonly string[], withChannel?: boolean,
 *   env?: Readonly<Record<string, string>>}} options
 * @returns {Promise<Front>}
 */
export async function startGateway(
  server,
  { dist, flags = [], nodeFlags = [], withChannel = false, env = {} },
) {
  const cli = join(dist, 'src', 'cli', 'serve.js');
  const own = ['--json', '--port', '0', '--api-key', apiKey, '--log-level', 'info', ...flags];
  const words = server === undefined ? own : [...own, '--', ...server];
  return await start([process.execPath, ...nodeFlags, cli, ...words], { withChannel, env });
}

/** Starts the least there can be in front of a server. */
export async function startBare(server) {
  return await start([process.execPath, join(folder, 'baseline', 'bare.mjs'), '--', ...server]);
}

/** Starts a small client on the SDK, which is ready once it has listed the tools. */
export async function startSdkClient(server) {
  return await start([process.execPath, join(folder, 'baseline', 'sdk-client.mjs'), '--', ...server]);
}

/** @returns {Promise<Front>} @throws {Error} when it ends, or says nothing for 60 s */
async function start([command, ...words], { withChannel = false, env: more = {} } = {}) {
  started += 1;
  const logPath = join(logs, `${started}.log`);
  const log = openSync(logPath, 'w');
  const own = Object.entries(process.env).filter(([name]) => !/^(?:MCPO|OTEL)_/.test(name));
  const env = { ...Object.fromEntries(own), ...more };
  const before = performance.now();
  const child = spawn(command, words, {
    env,
    stdio: ['ignore', 'pipe', log, ...(withChannel ? ['ipc'] : [])],
  });
  closeSync(log);
  running.add(child);
  const gone = once(child, 'close').finally(() => running.delete(child));
  const readLog = () => readFileSync(logPath, 'utf8');
  const line = await Promise.race([
    firstLine(child.stdout),
    gone.then(() => {
      throw new Error(`${words.join(' ')} ended before it was ready: ${readLog().slice(-2_000)}`);
    }),
    timeLimit(60_000, () => `${words.join(' ')} is not ready: ${readLog().slice(-2_000)}`),
  ]);
  const readyMs = performance.now() - before;
  const { url, pid } = JSON.parse(line);
  const stop = async () => {
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(hurry);
  };
  return { url, pid, readyMs, child, readLog, stop };
}

/** Rejects when the time is over, and keeps nothing waiting. */
export function timeLimit(ms, describe) {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`not within ${ms} ms: ${describe()}`)), ms).unref();
  });
}

async function firstLine(stream) {
  let text = '';
  stream.setEncoding('utf8');
  return await new Promise((resolve) => {
    stream.on('data', (chunk) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end !== -1) resolve(text.slice(0, end));
    });
  });
}
