import { buildDocument, type DocumentOptions } from './document/build-document.ts';
import { checkDocument } from './document/check-document.ts';
import { compileContract, type ContractOptions } from './enforcement/compile-contract.ts';
import type { Contract } from './contract.ts';

/**
 * Builds, checks and compiles the contract of what servers list: `tools/list` in, something to serve by out.
 *
 * @throws Error when the document is no valid OpenAPI 3.1, which is a defect of ours
 */
export async function buildContract(options: DocumentOptions & ContractOptions): Promise<Contract> {
  const contract = compileContract(buildDocument(options).document, options);
  await checkDocument(contract.document);
  return contract;
}
