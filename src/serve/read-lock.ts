import type { Settings } from '../config/settings.ts';
import type { ContractLock } from '../gateway/contract-lock.ts';

/** Reads the committed contract, when there is one. @throws UsageError */
export async function readLock({ contract, formats }: Settings): Promise<ContractLock | undefined> {
  if (contract === undefined) return undefined;
  // Loaded only now: without a contract, servers start before anything is read that compiles one.
  const { readContractFile } = await import('../config/contract-file.ts');
  return {
    contract: readContractFile(contract.path, { formats }),
    policy: contract.policy,
    formats,
  };
}
