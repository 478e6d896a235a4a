import { setImmediate } from 'node:timers/promises';
import type { Contract } from '../contract.ts';

/**
 * Compiles a contract's validators while nothing else is to be done, so that no first call waits for its own.
 *
 * One operation at a time, after all events that are due; ends early when aborted. Never rejects.
 *
 * @param signal aborted when the contract is replaced
 */
export async function warmUp(contract: Contract, signal: AbortSignal): Promise<void> {
  for (const operation of contract.operations) {
    await setImmediate();
    if (signal.aborted) return;
    try {
      contract.prepare(operation);
    } catch {
      // The call that needs the validator fails with the same error, and is where it can be told.
    }
  }
}
