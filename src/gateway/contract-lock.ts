import type { ContractDiff } from '../contract/diff/change.ts';
import { hasChangeAtLeast } from '../contract/diff/change.ts';
import type { Contract } from '../contract/contract.ts';
import { ContractRefusedError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** What to do when the live tools depart from a committed contract. */
export type LockPolicy =
  /** Do not start; later, keep the committed contract and stop being ready. */
  | 'refuse'
  /** Serve the committed contract, and say so. */
  | 'warn'
  /** Serve the live one, and say so. */
  | 'follow';

/** A committed document that the servers are held to. */
export interface ContractLock {
  readonly contract: Contract;
  readonly policy: LockPolicy;
  /** As the contracts are enforced. @default 'annotate' */
  readonly formats?: 'annotate' | 'assert';
}

/** How the live tools differ from the committed contract, from its clients' point of view. */
export interface Drift {
  /** The digest of the contract that the live tools would give. */
  readonly liveDigest: string;
  readonly diff: ContractDiff;
  /** True when the policy says that a gateway in this state must not get calls. */
  readonly isRefused: boolean;
}

/** The contract to serve, and how it departs from what was committed. */
export interface HeldContract {
  readonly contract: Contract;
  readonly drift?: Drift;
}

/** Decides which contract is served when the live one has just been built. */
export async function holdContract(live: Contract, lock: ContractLock | undefined): Promise<HeldContract> {
  if (lock === undefined || live.digest === lock.contract.digest) return { contract: live };
  // Loaded only now: few contracts are committed, and fewer differ.
  const { diffDocuments } = await import('../contract/diff/diff-documents.ts');
  const diff = diffDocuments(lock.contract.document, live.document, { formats: lock.formats ?? 'annotate' });
  // What cannot be shown to be harmless is held to be a break.
  const isRefused = lock.policy === 'refuse' && hasChangeAtLeast(diff, 'unknown');
  return {
    contract: lock.policy === 'follow' ? live : lock.contract,
    drift: { liveDigest: live.digest, diff, isRefused },
  };
}

/** The error for tools that may not be served under the committed contract. */
export function toRefusal({ diff }: Drift): ContractRefusedError {
  const changes = diff.changes.slice(0, maxLines).map(({ severity, operation, pointer, message }) => {
    const where = [operation?.operationId, pointer]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
    return `${severity}: ${where}: ${message}`;
  });
  return new ContractRefusedError(
    `the server's tools no longer keep the committed contract: ${summarize(diff)}; commit the new one, or choose another --contract-policy`,
    changes,
  );
}

/** Logs a drift: one line in sum, one for each change up to a bound. */
export function reportDrift(logger: Logger, { diff, isRefused }: Drift): void {
  const write = (fields: object, message: string): void =>
    isRefused ? logger.error(fields, message) : logger.warn(fields, message);
  write({ ...diff.summary }, `the tools differ from the committed contract: ${summarize(diff)}`);
  for (const { severity, operation, direction, pointer, keyword, message } of diff.changes.slice(
    0,
    maxLines,
  )) {
    write({ severity, operationId: operation?.operationId, direction, pointer, keyword }, message);
  }
}

const maxLines = 50;

function summarize({ summary }: ContractDiff): string {
  const parts = Object.entries(summary).filter(([, count]) => count > 0);
  return parts.length === 0
    ? 'no change'
    : parts.map(([severity, count]) => `${count} ${severity}`).join(', ');
}
