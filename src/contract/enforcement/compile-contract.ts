import type { JsonObject } from '../../json/value.ts';
import type { Contract } from '../contract.ts';
import { canonicalize } from '../canonicalize.ts';
import { ContractValidator } from './contract-validator.ts';
import { toUnserved } from '../document/document-operations.ts';
import { IndexedRouter } from './indexed-router.ts';

/** How a contract is enforced. */
export interface ContractOptions {
  /** Whether `format` refuses values or only describes them (JSON Schema validation 7.2.1). @default 'annotate' */
  readonly formats?: 'annotate' | 'assert';
}

/**
 * Compiles a document into the contract that requests are routed and checked by.
 *
 * The document is canonicalized first, so any document of {@link buildDocument} will do. Validators are compiled on
 * first use.
 *
 * @throws Error when the document is not one of ours
 */
export function compileContract(
  document: JsonObject,
  { formats = 'annotate' }: ContractOptions = {},
): Contract {
  const canonical = canonicalize(document);
  const frozen = deepFreeze(canonical.document);
  const router = new IndexedRouter(frozen);
  const validator = new ContractValidator(router, frozen, formats);
  return Object.freeze({
    document: frozen,
    digest: canonical.digest,
    operations: router.operations,
    unserved: Object.freeze(toUnserved(frozen)),
    match: (method, path) => router.match(method, path),
    validateArguments: (operation, value) => validator.check(operation, 'input', value),
    validateResult: (operation, value) => validator.check(operation, 'output', value),
    prepare: (operation) => validator.prepare(operation),
  } satisfies Contract);
}

function deepFreeze(value: JsonObject): JsonObject {
  const queue: object[] = [value];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    Object.freeze(next);
    for (const member of Object.values(next) as unknown[]) {
      if (typeof member === 'object' && member !== null) queue.push(member);
    }
  }
  return value;
}
