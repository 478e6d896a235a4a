import { delay, type Clock } from '../clock.ts';
import type { Session } from '../session.ts';

/** How a session proves that its server lives. */
export interface ProbeOptions {
  /** @default 3 */
  readonly pings?: number;
  /** Between two of them. @default 500 */
  readonly pauseMs?: number;
  /** For the answer to each. @default 5000 */
  readonly pingMs?: number;
}

/**
 * Pings a session for a moment (MCP basic/utilities/ping).
 *
 * @param ends there is nothing to prove any more when one of them is aborted
 * @returns true when every ping was answered in time; never rejects
 */
export async function probeSession(
  session: Session,
  clock: Clock,
  options: ProbeOptions,
  ends: readonly AbortSignal[],
): Promise<boolean> {
  const over = new AbortController();
  const end = (): void => over.abort();
  for (const signal of ends) {
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  }
  const ended = new Promise<false>((resolve) => {
    over.signal.addEventListener('abort', () => resolve(false));
    if (over.signal.aborted) resolve(false);
  });
  try {
    return await Promise.race([answersAll(session, clock, options, over.signal), ended]);
  } finally {
    for (const signal of ends) signal.removeEventListener('abort', end);
  }
}

async function answersAll(
  session: Session,
  clock: Clock,
  { pings = 3, pauseMs = 500, pingMs = 5000 }: ProbeOptions,
  over: AbortSignal,
): Promise<boolean> {
  for (let ping = 1; ping <= pings; ping += 1) {
    if (ping > 1) await delay(clock, pauseMs, over);
    if (over.aborted || !(await session.ping(pingMs))) return false;
  }
  return true;
}
