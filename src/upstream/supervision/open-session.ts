import { setMaxListeners } from 'node:events';
import type { OpenSession, Session, SessionEvents } from '../session.ts';

/**
 * Opens under a signal of its own, which follows `closing`: the SDK's client leaves its listeners on a signal for good,
 * and would take an abort long after as one of requests that were answered.
 *
 * @throws as `open` does
 */
export async function openSession(
  open: OpenSession,
  events: SessionEvents,
  closing: AbortSignal,
): Promise<Session> {
  const opening = new AbortController();
  setMaxListeners(0, opening.signal); // one for each page of the tool list
  const abort = (): void => opening.abort();
  if (closing.aborted) abort();
  closing.addEventListener('abort', abort);
  try {
    return await open(events, opening.signal);
  } finally {
    closing.removeEventListener('abort', abort);
  }
}
