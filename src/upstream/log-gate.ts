import type { Clock } from './clock.ts';

/** `burst` lines at once, then `perSecond`. */
export interface LogRate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * A gate for log lines that a server can cause at will: `write` runs at a bounded rate.
 * It is given the number of lines left out since it last ran.
 */
export class LogGate {
  readonly #clock: Clock;
  readonly #rate: LogRate;
  #tokens: number;
  #filledAt: number;
  #suppressed = 0;

  constructor(clock: Clock, rate: LogRate = { burst: 20, perSecond: 2 }) {
    this.#clock = clock;
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = clock.now();
  }

  pass(write: (suppressed: number) => void): void {
    const now = this.#clock.now();
    const { burst, perSecond } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
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
