import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotRunError } from '../cannot-run.ts';
import { HttpCaller } from '../load/http-call.ts';
import { builtFile } from '../package-paths.ts';
import { splitWords } from './split-words.ts';

/** The server that gateways stand in front of. */
export interface ServerWords {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A gateway that listens. */
export interface RunningGateway {
  readonly url: string;
  /** What each request needs. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined when it was not started here. */
  readonly pid: number | undefined;
  /** Why it ended, once it has. */
  ending(): string | undefined;
  stop(): Promise<void>;
}

const readyMs = 90_000;
const keptLog = 4_000;

/**
 * Starts `mcpo-serve` with a key on a free port in front of a server.
 *
 * @throws CannotRunError when it does not get ready
 */
export async function startServe({ words, env }: ServerWords): Promise<RunningGateway> {
  const apiKey = randomBytes(16).toString('hex');
  const flags = ['--json', '--port', '0', '--log-level', 'warn'];
  for (const [name, value] of Object.entries(env)) flags.push('--env', `${name}=${value}`);
  const all = [builtFile('src/cli/serve.js'), ...flags, '--', ...words];
  const child = startChild(process.execPath, all, { MCPO_API_KEY: apiKey });
  const headers = { authorization: `Bearer ${apiKey}` };
  const line = await child.until(() => /^.*\n/.exec(child.stdout()));
  const { url } = JSON.parse(line[0]) as { readonly url: string }; // mcpo-serve --json
  return { url, headers, pid: child.pid, ending: child.ending, stop: child.stop };
}

/**
 * Starts another gateway: `{port}` in its command is the port to listen on, the server's words follow.
 *
 * @throws CannotRunError when nothing answers on that port
 */
export async function startOther(
  command: string,
  { words, env }: ServerWords,
  headers: Readonly<Record<string, string>>,
): Promise<RunningGateway> {
  const port = await findFreePort();
  const [program = '', ...rest] = splitWords(command).map((word) => word.replaceAll('{port}', String(port)));
  const child = startChild(program, [...rest, ...words], env);
  const url = `http://127.0.0.1:${port}`;
  const caller = new HttpCaller(url, headers, 1, 5_000);
  try {
    // Many gateways listen before their server is there, and have a document only afterwards.
    await child.until(async () => {
      const { status } = await caller.get('/openapi.json');
      return status >= 200 && status < 500 ? status : undefined;
    });
  } finally {
    caller.close();
  }
  return { url, headers, pid: child.pid, ending: child.ending, stop: child.stop };
}

function startChild(program: string, words: readonly string[], env: Readonly<Record<string, string>>) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('MCPO_'));
  const child = spawn(program, words, {
    env: { ...Object.fromEntries(clean), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for us: what runs is ended once it has been measured.
    detached: process.platform !== 'win32',
  });
  const output = { stdout: '', log: '' };
  let ended: string | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout = keep(output.stdout, text)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.log = keep(output.log, text)));
  child.on('error', (error: NodeJS.ErrnoException) => {
    ended ??= error.code === 'ENOENT' ? `command not found: ${program}` : error.message;
  });
  const closed = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      ended ??= `it exited with ${signal ?? `code ${code}`}`;
      resolve();
    });
    child.once('error', () => resolve());
  });
  const signal = (name: NodeJS.Signals): void => {
    try {
      // Its whole group: a wrapper such as npx or uvx would leave what it started behind.
      if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
    } catch {
      // It has ended already.
    }
  };
  const killNow = (): void => signal('SIGKILL');
  process.once('exit', killNow);
  const stop = async (): Promise<void> => {
    signal('SIGTERM');
    const hurry = setTimeout(killNow, 10_000);
    await closed;
    clearTimeout(hurry);
    process.off('exit', killNow);
  };
  const until = async <T>(look: () => T | undefined | null | Promise<T | undefined | null>): Promise<T> => {
    for (const endsAt = performance.now() + readyMs; performance.now() < endsAt; await sleep(50)) {
      const seen = await look();
      if (seen !== undefined && seen !== null) return seen;
      if (ended !== undefined) break;
    }
    const reason = ended ?? `it is not ready after ${readyMs / 1_000} s`;
    await stop();
    throw new CannotRunError(`the gateway did not start: ${reason}`, toTail(output.log));
  };
  return { pid: child.pid, stdout: () => output.stdout, ending: () => ended, until, stop };
}

function keep(before: string, text: string): string {
  return (before + text).slice(-keptLog);
}

function toTail(log: string): readonly string[] {
  return log.trim() === '' ? [] : log.trim().split('\n').slice(-5);
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
