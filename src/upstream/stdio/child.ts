import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { delay, waitAtMost, type Clock } from '../clock.ts';
import { LineFramer } from '../messages/framing.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly clock: Clock;
  /** One line of the child's stderr, shortened when very long. */
  readonly onStderr: (line: string) => void;
}

/** How a child ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const MAX_STDERR_LINE_BYTES = 8192;
const STDERR_TAIL_LINES = 20;
/** What the rest of a group gets to follow its leader. */
const FOLLOW_MS = 200;
const POLL_MS = 20;
/** SIGKILL cannot be refused, but the kernel may take a moment. */
const KILL_MS = 1000;

/**
 * A spawned server and everything it spawns.
 *
 * On POSIX it leads a process group of its own: npx and uvx wrap the real server, and a signal to the wrapper alone
 * leaves the server behind. It also keeps a terminal's Ctrl-C from the child, so that the gateway can drain first.
 */
export class Child {
  readonly #clock: Clock;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #stderrTail: string[] = [];
  #stderrLines = 0;
  readonly #exited: Promise<void>;
  readonly #stderrEnded: Promise<void>;
  readonly #spawned: Promise<void>;
  #exit: ChildExit | undefined;
  #isGroupGone = false;
  #termination: Promise<void> | undefined;

  constructor(options: ChildOptions) {
    this.#clock = options.clock;
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#process = child;
    this.#spawned = new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(describeSpawnError(error, options)));
    });
    // Whoever waits for it handles the rejection; nobody has to wait.
    this.#spawned.catch(() => {});
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve();
      });
      child.once('error', () => resolve());
    });
    this.#stderrEnded = new Promise((resolve) => {
      child.stderr.once('close', resolve);
    });
    // Without a listener, a write to a child that has gone would end our own process.
    child.stdin.on('error', () => {});
    this.#readStderr(options.onStderr);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get stdin(): Writable {
    return this.#process.stdin;
  }

  get stdout(): Readable {
    return this.#process.stdout;
  }

  /** Undefined while it runs. */
  get exit(): ChildExit | undefined {
    return this.#exit;
  }

  /** The last lines of stderr, oldest first. */
  get stderrTail(): readonly string[] {
    return this.#stderrTail;
  }

  /** How many there were. */
  get stderrLines(): number {
    return this.#stderrLines;
  }

  /** Resolves once the command runs; rejects with a message for people when it cannot be run. */
  spawned(): Promise<void> {
    return this.#spawned;
  }

  /** Resolves when the child itself (not its group) has exited. */
  exited(): Promise<void> {
    return this.#exited;
  }

  /**
   * Ends the whole group within about `deadlineMs` (MCP basic/lifecycle, shutdown over stdio): stdin is closed,
   * then SIGTERM, then SIGKILL. A later call with a shorter deadline hastens an earlier one.
   */
  terminate(deadlineMs: number): Promise<void> {
    if (this.#termination === undefined) {
      this.#termination = this.#terminate(deadlineMs);
      return this.#termination;
    }
    const cancel = this.#clock.after(deadlineMs, () => this.#signal('SIGKILL'));
    return this.#termination.finally(cancel);
  }

  async #terminate(deadlineMs: number): Promise<void> {
    const endsAt = this.#clock.now() + deadlineMs;
    this.#process.stdin.end();
    if (!(await this.#isGoneWithin(Math.min(2000, deadlineMs * 0.5)))) {
      this.#signal('SIGTERM');
      if (!(await this.#isGoneWithin((endsAt - this.#clock.now()) * 0.8))) {
        this.#signal('SIGKILL');
        await this.#isGoneWithin(KILL_MS);
      }
    }
    // What the child said last is read before the pipes are closed; a process that left the group may hold them open.
    await waitAtMost(this.#clock, this.#stderrEnded, POLL_MS * 5);
    this.#process.stdin.destroy();
    this.#process.stdout.destroy();
    this.#process.stderr.destroy();
  }

  async #isGoneWithin(ms: number): Promise<boolean> {
    let endsAt = this.#clock.now() + ms;
    let hasLeaderExited = false;
    for (;;) {
      if (this.#hasExited() && this.#isGroupEmpty()) return true;
      if (!hasLeaderExited && this.#hasExited()) {
        hasLeaderExited = true;
        endsAt = Math.min(endsAt, this.#clock.now() + FOLLOW_MS);
      }
      const leftMs = endsAt - this.#clock.now();
      if (leftMs <= 0) return false;
      const pauseMs = Math.min(POLL_MS, leftMs);
      if (hasLeaderExited) await delay(this.#clock, pauseMs);
      else await waitAtMost(this.#clock, this.#exited, pauseMs);
    }
  }

  #hasExited(): boolean {
    return this.#exit !== undefined || this.pid === undefined;
  }

  /** Once seen empty, the number may be another group's: it is never signalled again. */
  #isGroupEmpty(): boolean {
    if (!this.#isGroupGone) this.#isGroupGone = process.platform === 'win32' || !this.#signalGroup(0);
    return this.#isGroupGone;
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#isGroupGone || this.pid === undefined) return;
    if (process.platform === 'win32') {
      if (this.#exit === undefined)
        spawn('taskkill', ['/pid', String(this.pid), '/T', '/F']).on('error', () => {});
    } else if (!this.#signalGroup(signal)) {
      this.#isGroupGone = this.#hasExited();
    }
  }

  /** False when nobody is left to get it. */
  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    if (this.pid === undefined) return false;
    try {
      return process.kill(-this.pid, signal);
    } catch {
      // ESRCH: empty. EPERM: on macOS only zombies are left, elsewhere nobody whom we may signal.
      return false;
    }
  }

  #readStderr(onStderr: (line: string) => void): void {
    const keep = (line: string): void => {
      this.#stderrLines += 1;
      this.#stderrTail.push(line);
      if (this.#stderrTail.length > STDERR_TAIL_LINES) this.#stderrTail.shift();
      onStderr(line);
    };
    const framer = new LineFramer(MAX_STDERR_LINE_BYTES, {
      onLine: (line) => keep(line.toString('utf8')),
      onOversized: (head, _tail, byteLength) => keep(`${head.toString('utf8')}… (${byteLength} bytes)`),
    });
    this.#process.stderr.on('data', (chunk: Buffer) => framer.push(chunk));
    this.#process.stderr.on('end', () => framer.end());
    this.#process.stderr.on('error', () => {});
  }
}

function describeSpawnError(error: NodeJS.ErrnoException, options: ChildOptions): Error {
  const { command, cwd } = options;
  if (error.code === 'ENOENT' && cwd !== undefined && !existsSync(cwd)) {
    return new Error(`working directory not found: ${cwd}`, { cause: error });
  }
  if (error.code === 'ENOENT') return new Error(`command not found: ${command}`, { cause: error });
  if (error.code === 'EACCES') return new Error(`not allowed to execute: ${command}`, { cause: error });
  return new Error(`could not start ${command}: ${error.message}`, { cause: error });
}
