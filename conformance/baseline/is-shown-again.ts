import { ServerUnavailableError } from '../engine/session-keeper.ts';
import { showAgain } from '../engine/show-again.ts';
import type { Plan } from '../options.ts';
import type { KnownFinding } from './known-finding.ts';

const TRIES = 2;

/**
 * True when the call of a known finding still shows it, though the calls of this run did not: another seed makes others.
 * What cannot be tried may be there.
 */
export async function isShownAgain(known: KnownFinding, plan: Plan): Promise<boolean> {
  if (known.call === undefined) return false;
  const { target, requestTimeoutMs, protocolVersion, signal } = plan;
  try {
    const shown = await showAgain(known, {
      target,
      requestTimeoutMs,
      protocolVersion,
      signal,
      tries: TRIES,
    });
    return shown.kind !== 'not-seen';
  } catch (error) {
    if (error instanceof ServerUnavailableError) return true;
    throw error;
  }
}
