import { watchParent } from './parent-watch.ts';

/** Requests to end: the reason of each abort is the signal's name, or that the parent is gone. */
export interface EndSignals {
  /** Asks to end. */
  readonly first: AbortSignal;
  /** Asks to hurry. */
  readonly second: AbortSignal;
}

/**
 * Takes the signals that ask a process to end.
 *
 * @param onHangUp what SIGHUP does instead
 */
export function listenForSignals(onHangUp?: () => void): EndSignals {
  const first = new AbortController();
  const second = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const end = (): void => (first.signal.aborted ? second : first).abort(name);
    process.on(name, name === 'SIGHUP' && onHangUp !== undefined ? onHangUp : end);
  }
  watchParent(() => first.abort('the parent process ended'));
  return { first: first.signal, second: second.signal };
}

/** Resolves when the signal is aborted. */
export async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
