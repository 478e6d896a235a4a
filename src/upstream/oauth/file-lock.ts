import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
/** Longer than a refresh may take: whoever made an older one has died. */
const STALE_MS = 30_000;

/**
 * Runs while no other process holds the lock.
 *
 * A lock that cannot be had, or is held for too long, is done without: the worst is one more question to a person.
 */
export async function withFileLock<Value>(path: string, run: () => Promise<Value>): Promise<Value> {
  const isHeld = await take(path);
  try {
    return await run();
  } finally {
    if (isHeld) await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  const givesUpAt = performance.now() + STALE_MS;
  while (performance.now() < givesUpAt) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.close();
      return true;
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isTaken) return false;
    }
    if (await isStale(path)) await rm(path, { force: true });
    else await sleep(POLL_MS);
  }
  return false;
}

async function isStale(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > STALE_MS;
  } catch {
    // Released in the meantime.
    return false;
  }
}
