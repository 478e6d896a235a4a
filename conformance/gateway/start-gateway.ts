import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { childEnvironment, isJsonObject } from '../../src/index.ts';
import { LineReader } from '../target/line-reader.ts';
import type { ServerCommand } from '../target/server-command.ts';
import { SentLog } from './sent-log.ts';

/** A gateway that was started for this run. */
export interface StartedGateway {
  readonly url: string;
  readonly apiKey: string;
  readonly sent: SentLog;
  readonly close: () => Promise<void>;
}

/** What it takes a gateway and its server to start; the server was started before, so that nothing is downloaded. */
const START_MS = 60_000;
/** For the gateway to end its server and itself. */
const STOP_MS = 8_000;
const STDERR_LINES = 5;

/**
 * Starts `mcpo-serve` in front of a server, as a process of its own, with a tee between the two.
 *
 * @param signal aborted, it ends a start under way
 * @throws Error that says why it does not start
 */
export async function startGateway(server: ServerCommand, signal: AbortSignal): Promise<StartedGateway> {
  const { serve, tee } = findPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-verify-gateway-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  writeFileSync(join(folder, 'server.json'), JSON.stringify(server), { mode: 0o600 });
  const apiKey = randomBytes(24).toString('base64url');
  const child = spawn(
    process.execPath,
    [serve, '--port', '0', '--json', '--log-level', 'error', '--', process.execPath, tee, folder],
    {
      // mcpo-serve looks after its parent where npm runs it; it is to end with us, however we end.
      env: {
        ...childEnvironment(process.env, {}, process.platform),
        MCPO_API_KEY: apiKey,
        npm_command: 'exec',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const isGone = await Promise.race([ended.then(() => true), delay(STOP_MS)]);
    if (isGone !== true) child.kill('SIGKILL');
    removeFolder();
  };
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const url = await readUrl(child, ended);
    return { url, apiKey, sent: new SentLog(join(folder, 'sent.ndjson')), close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Beside us: in the build, which the sources use too. */
function findPrograms(): { readonly serve: string; readonly tee: string } {
  const root = dirname(createRequire(import.meta.url).resolve('mcpo-toolkit/package.json'));
  const serve = join(root, 'dist', 'src', 'cli', 'serve.js');
  const tee = join(root, 'dist', 'conformance', 'tee.js');
  if (existsSync(serve) && existsSync(tee)) return { serve, tee };
  throw new Error('mcpo-serve is not built; run npm run build');
}

async function readUrl(
  child: ChildProcessByStdio<null, Readable, Readable>,
  ended: Promise<void>,
): Promise<string> {
  const tail: string[] = [];
  const stderr = new LineReader(8_192, ({ text }) => {
    tail.push(text);
    if (tail.length > STDERR_LINES) tail.shift();
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const first = new Promise<string>((resolve) => {
    const stdout = new LineReader(65_536, ({ text }) => resolve(text));
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  });
  const line = await Promise.race([first, ended, delay(START_MS)]);
  const url = typeof line === 'string' ? toUrl(line) : undefined;
  if (url === undefined) throw new Error(`mcpo-serve did not start: ${tail.join('; ') || 'it says nothing'}`);
  return url;
}

function toUrl(line: string): string | undefined {
  try {
    const ready: unknown = JSON.parse(line);
    return isJsonObject(ready) && typeof ready['url'] === 'string' ? ready['url'] : undefined;
  } catch {
    return undefined;
  }
}

function delay(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
