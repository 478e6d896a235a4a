import type { Logger } from '../logger.ts';
import type { Written } from './audit-file.ts';

/** Where lines go. */
export interface LineSink {
  /** Never rejects. */
  write(lines: string): Promise<Written>;
}

export interface AuditQueueOptions {
  /** Lines are written this long after they came, at the latest. @default 25 */
  readonly delayMs?: number;
  /** What waits for a disk that is slow, in characters; beyond it lines are lost. @default 8 Mi */
  readonly maxWaitingLength?: number;
}

/**
 * Lines on their way to the audit log, many at a time; nobody waits for them.
 *
 *     add ─▶ waiting (bounded) ─▶ being written ─▶ written
 *        └─ no room ──────────▶ lost ◀─ disk full ┘
 *
 * Each outage is logged when it begins and when it ends; lines are not kept for a disk that is full.
 */
export class AuditQueue {
  readonly #sink: LineSink;
  readonly #logger: Logger;
  readonly #delayMs: number;
  readonly #maxWaitingLength: number;
  #waiting: string[] = [];
  #waitingLength = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #writingCount = 0;
  #lost = 0;
  #isFailing = false;

  constructor(sink: LineSink, logger: Logger, options: AuditQueueOptions = {}) {
    this.#sink = sink;
    this.#logger = logger;
    this.#delayMs = options.delayMs ?? 25;
    this.#maxWaitingLength = options.maxWaitingLength ?? 8 * 1024 * 1024;
  }

  /** Lines that nobody will read. */
  get lost(): number {
    return this.#lost;
  }

  /** Takes one line, without its line break. */
  add(line: string): void {
    if (this.#waitingLength + line.length > this.#maxWaitingLength) {
      this.#lose(1, 'the disk is too slow for them');
      return;
    }
    this.#waiting.push(`${line}\n`);
    this.#waitingLength += line.length;
    if (this.#writing === undefined) this.#timer ??= setTimeout(() => void this.#start(), this.#delayMs);
  }

  /** Gives what waits to whoever writes it. */
  take(): string {
    const lines = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingLength = 0;
    return lines;
  }

  /** Writes what is left, within `deadlineMs`; false when that was not enough. Never rejects. */
  async close(deadlineMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([this.#start(), deadline]);
    clearTimeout(timer);
    const left = this.#waiting.length + this.#writingCount;
    if (left > 0) this.#lose(left, 'the gateway ended before they were written');
    if (this.#lost > 0) this.#logger.error({ lost: this.#lost }, 'lines are missing in the audit log');
    return left === 0;
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#writing ??= this.#writeAll();
    return this.#writing ?? Promise.resolve();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const count = this.#waiting.length;
      this.#writingCount = count;
      const { lines, error } = await this.#sink.write(this.take());
      this.#writingCount = 0;
      if (lines < count) this.#lose(count - lines, error instanceof Error ? error.message : String(error));
      else if (this.#isFailing) {
        this.#isFailing = false;
        this.#logger.warn({ lost: this.#lost }, 'the audit log is written again; lines are missing in it');
      }
    }
    this.#writing = undefined;
  }

  #lose(count: number, reason: string): void {
    this.#lost += count;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#logger.error({ reason, lost: this.#lost }, 'lines of the audit log are being lost; calls go on');
  }
}
