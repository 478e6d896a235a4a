/** Time as the upstream side sees it; tests put their own in. */
export interface Clock {
  /** Milliseconds from a fixed point; never goes back. */
  now(): number;
  /** Runs `run` once, `ms` from now, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

/** setTimeout fires at once for anything longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** The same; what it is to run keeps no process from ending. */
export const backgroundClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), MAX_TIMER_MS)).unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves `ms` from now, or when the signal is aborted; never rejects. */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = (): void => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(ms, finish);
    signal?.addEventListener('abort', finish);
  });
}

/** Resolves when the promise does, at the latest `ms` from now; leaves no timer behind. */
export async function waitAtMost(clock: Clock, promise: Promise<unknown>, ms: number): Promise<void> {
  const done = new AbortController();
  try {
    await Promise.race([promise, delay(clock, ms, done.signal)]);
  } finally {
    done.abort();
  }
}
