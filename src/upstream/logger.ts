import type { Clock } from './clock.ts';

/** The part of a pino logger that the upstream side uses. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Lines per second that a server may cause in our log on one subject, after a burst of ten seconds' worth. */
const LINES_PER_SECOND = 20;
const BURST = 200;

/**
 * A gate for log lines that a server can cause at will: `write` runs at a bounded rate.
 * It is given the number of lines left out since it last ran.
 */
export class LogGate {
  readonly #clock: Clock;
  #tokens = BURST;
  #filledAt: number;
  #suppressed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  pass(write: (suppressed: number) => void): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledAt) / 1000) * LINES_PER_SECOND);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      this.#suppressed += 1;
      return;
    }
    this.#tokens -= 1;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    write(suppressed);
  }
}
