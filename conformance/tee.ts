// Stands between a gateway and an MCP server, and keeps what the gateway sends: node tee.js <folder>
// The folder holds server.json, {command, args, env, cwd}; what is sent is appended to sent.ndjson beside it.
import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

interface TeedServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A run sends far less; what comes beyond is passed on, and no longer kept. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

const folder = process.argv[2] ?? '.';
// The caller wrote it, in this form.
const { command, args, env, cwd } = JSON.parse(
  readFileSync(join(folder, 'server.json'), 'utf8'),
) as TeedServer;
const log = openSync(join(folder, 'sent.ndjson'), 'a', 0o600);
// The server writes to our stdout itself: nothing is between it and the gateway.
const server = spawn(command, args, { env, cwd, stdio: ['pipe', 'inherit', 'inherit'], windowsHide: true });
let kept = 0;

process.stdin.on('data', (chunk: Buffer) => {
  kept += chunk.length;
  // Kept before it is sent: whoever has seen the answer finds the question here.
  if (kept <= MAX_KEPT_BYTES) writeSync(log, chunk);
  if (!server.stdin.write(chunk)) {
    process.stdin.pause();
    server.stdin.once('drain', () => process.stdin.resume());
  }
});
process.stdin.on('end', () => server.stdin.end());
// A server that has gone says so by its exit.
server.stdin.on('error', () => {});
server.on('error', (error) => {
  process.stderr.write(`could not start ${command}: ${error.message}\n`);
  process.exit(127);
});
server.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => server.kill(signal));
