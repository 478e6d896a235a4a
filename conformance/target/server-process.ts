import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { LineReader } from './line-reader.ts';
import type { ServerCommand } from './server-command.ts';
import type { Ending } from './target.ts';

const STDERR_LINES = 20;
const STDERR_LINE_BYTES = 8192;
const POLL_MS = 20;
/** What a killed process gets to be gone: the kernel may take a moment. */
const KILL_MS = 2_000;

/**
 * A spawned server and everything it spawns: on POSIX it leads a process group of its own, since npx and uvx wrap the
 * real server and a signal to the wrapper alone would leave that behind.
 */
export class ServerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #stderrTail: string[] = [];
  readonly #ended: Promise<Ending>;
  #ending: Ending | undefined;

  constructor({ command, args, env, cwd }: ServerCommand, onChunk: (chunk: Buffer) => void) {
    this.#child = spawn(command, args, {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    // Without listeners, a write to a server that has gone would end our own process.
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      stream.on('error', () => {});
    }
    this.#child.stdout.on('data', onChunk);
    const stderr = new LineReader(STDERR_LINE_BYTES, ({ text }) => this.#keep(text));
    this.#child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    this.#child.stderr.on('end', () => stderr.end());
    this.#ended = this.#watchEnd(command);
  }

  /** Resolves when the process has ended and all it wrote was read, or when it could not be started. */
  ended(): Promise<Ending> {
    return this.#ended;
  }

  write(text: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(text);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Closes stdin, then SIGTERM after `graceMs`, then SIGKILL after as much again (MCP basic/lifecycle, shutdown). */
  async stop(graceMs: number): Promise<void> {
    this.endInput();
    if (!(await this.#isGoneWithin(graceMs))) {
      this.#signal('SIGTERM');
      if (!(await this.#isGoneWithin(graceMs))) {
        this.#signal('SIGKILL');
        await this.#isGoneWithin(KILL_MS);
      }
    }
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
  }

  #watchEnd(command: string): Promise<Ending> {
    return new Promise((resolve) => {
      const end = (ending: Ending): void => {
        this.#ending ??= ending;
        resolve(this.#ending);
      };
      this.#child.once('error', (error: NodeJS.ErrnoException) => {
        if (this.#child.pid === undefined)
          end({ kind: 'not-started', message: describeError(command, error) });
      });
      this.#child.once('close', (code, signal) => {
        end({ kind: 'exited', code, signal, stderrTail: [...this.#stderrTail] });
      });
      // A grandchild that holds the pipes open must not hide that the server is gone.
      this.#child.once('exit', (code, signal) => {
        setTimeout(
          () => end({ kind: 'exited', code, signal, stderrTail: [...this.#stderrTail] }),
          500,
        ).unref();
      });
    });
  }

  async #isGoneWithin(ms: number): Promise<boolean> {
    const endsAt = performance.now() + ms;
    for (;;) {
      if (this.#ending !== undefined && !this.#signalGroup(0)) return true;
      if (performance.now() >= endsAt) return false;
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (process.platform === 'win32' && pid !== undefined) {
      spawn('taskkill', ['/pid', String(pid), '/T', '/F']).on('error', () => {});
    } else {
      this.#signalGroup(signal);
    }
  }

  /** False when nobody is left in the group to get it. */
  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined || process.platform === 'win32') return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }

  #keep(line: string): void {
    this.#stderrTail.push(line);
    if (this.#stderrTail.length > STDERR_LINES) this.#stderrTail.shift();
  }
}

function describeError(command: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `command not found: ${command}`;
  if (error.code === 'EACCES') return `not allowed to execute: ${command}`;
  return `could not start ${command}: ${error.message}`;
}
