import { setTimeout as delay } from 'node:timers/promises';

/** Changes come in crowds: a server that restarts says several in a row. */
const settleMs = 100;

/**
 * Runs `build` once for all that was asked for since the last one began: one build at a time, and one more for what came
 * meanwhile.
 *
 * @param build never rejects
 * @returns asks for a build
 */
export function createRebuilds(build: () => Promise<void>, signal: AbortSignal): () => void {
  let isWanted = false;
  let isRunning = false;
  const run = async (): Promise<void> => {
    while (isWanted && !signal.aborted) {
      await delay(settleMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      isWanted = false;
      await build();
    }
  };
  return () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    // It never rejects.
    void run().finally(() => {
      isRunning = false;
    });
  };
}
