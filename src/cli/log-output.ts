import { write, writeSync } from 'node:fs';

/** How lines are gathered before they are written. */
export interface LogOutputOptions {
  /** A line is written this long after it came, at the latest. @default 25 */
  readonly delayMs?: number;
  /** What waits for a reader that has stalled; beyond it lines are dropped, and their number is told. @default 16 MiB */
  readonly maxWaitingLength?: number;
}

/**
 * Writes log lines to a file descriptor, many at a time, without blocking.
 *
 * A write of its own for each line costs more than the line (a turn through the thread pool: 12 to 19 µs a call at 32
 * connections). Whatever is left when the process exits is written then.
 */
export class LogOutput {
  readonly #fd: number;
  readonly #delayMs: number;
  readonly #maxWaitingLength: number;
  #waiting = '';
  #dropped = 0;
  /** The bytes of the write under way that are still to be written. */
  #writing: Buffer | undefined;
  #isScheduled = false;

  constructor(fd: number, { delayMs = 25, maxWaitingLength = 16 * 1024 * 1024 }: LogOutputOptions = {}) {
    this.#fd = fd;
    this.#delayMs = delayMs;
    this.#maxWaitingLength = maxWaitingLength;
    process.once('exit', () => this.flushSync());
  }

  /** Takes one line, or several, each with its line break. */
  write(line: string): void {
    if (this.#waiting.length + line.length > this.#maxWaitingLength) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += line;
    this.#schedule();
  }

  /** Writes what waits, and waits for that. A write under way ends by itself. */
  flushSync(): void {
    const bytes = this.#take();
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
    } catch {
      // Nobody reads any more, or not now: there is no other place to say so.
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#writing !== undefined) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      this.#writing = this.#take();
      this.#writeOn();
    }, this.#delayMs).unref();
  }

  #take(): Buffer {
    const dropped = this.#dropped > 0 ? `{"level":40,"msg":"${this.#dropped} log lines were dropped"}\n` : '';
    const bytes = Buffer.from((this.#waiting + dropped).replaceAll(steering, toEscape));
    this.#waiting = '';
    this.#dropped = 0;
    return bytes;
  }

  #writeOn(): void {
    const bytes = this.#writing;
    if (bytes === undefined) return;
    write(this.#fd, bytes, 0, bytes.length, null, (error, written) => {
      const isBusy = error?.code === 'EAGAIN';
      if (error !== null && !isBusy) this.#writing = undefined;
      else this.#writing = written < bytes.length ? bytes.subarray(written) : undefined;
      if (this.#writing !== undefined) {
        setTimeout(() => this.#writeOn(), isBusy ? this.#delayMs : 0).unref();
      } else if (this.#waiting !== '') this.#schedule();
    });
  }
}

/**
 * What steers a terminal, or reorders or hides what it shows, beside what JSON has to escape: lines are read in terminals,
 * too. Once for many lines, and without classes of Unicode, which would cost several times that.
 */
const steering = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The same in JSON, whose strings alone can hold it. */
function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
