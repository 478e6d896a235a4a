import { readFileSync } from 'node:fs';
import { withoutRequirements } from '../contract/document/declared-requirements.ts';
import { compileContract, type ContractOptions } from '../contract/enforcement/compile-contract.ts';
import type { Contract } from '../contract/contract.ts';
import { loadYaml } from '../contract/load-yaml.ts';
import { UsageError } from '../errors.ts';
import { isJsonObject } from '../json/value.ts';

/**
 * Reads a committed document, JSON or YAML, and compiles it.
 *
 * @throws UsageError when it cannot be read, or is not a document that this toolkit wrote
 */
export function readContractFile(path: string, options: ContractOptions): Contract {
  const document = parseFile(path);
  if (!isJsonObject(document) || typeof document['openapi'] !== 'string') {
    throw new UsageError(`'${path}' is no OpenAPI document; write one with mcpo-serve --print-openapi`);
  }
  try {
    // Rules are of the gateway, and change while it runs; what is committed is what its tools are.
    return compileContract(withoutRequirements(document), options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `'${path}' is no contract of this toolkit (${reason}); write one with mcpo-serve --print-openapi`,
      {
        cause: error,
      },
    );
  }
}

function parseFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(`cannot read the contract '${path}' (${reason})`, { cause: error });
  }
  try {
    // YAML 1.2 holds JSON; parsing JSON as such is many times faster.
    return /\.ya?ml$/i.test(path) ? (loadYaml().parse(text) as unknown) : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new UsageError(`'${path}' is neither JSON nor YAML`, { cause: error });
  }
}
