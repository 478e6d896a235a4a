import { expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';
import type { Contract, Operation } from '../../../src/contract/contract.ts';
import { warmUp } from '../../../src/contract/enforcement/warm-up.ts';

/** A contract that notes what it was asked to prepare. */
function createNotedContract(): { readonly contract: Contract; readonly prepared: Operation[] } {
  const tools = Array.from({ length: 20 }, (_tool, index) => ({ name: `t${index}` }));
  const contract = compileContract(buildDocument({ sources: [{ server: '', tools }] }).document);
  const prepared: Operation[] = [];
  const prepare = (operation: Operation): void => {
    prepared.push(operation);
    contract.prepare(operation);
    if (prepared.length === 5) throw new Error('cannot be compiled');
  };
  return { contract: { ...contract, prepare }, prepared };
}

test('every operation is prepared, and one that cannot be stops nothing', async () => {
  const { contract, prepared } = createNotedContract();
  await warmUp(contract, new AbortController().signal);
  expect(prepared).toEqual(contract.operations);
});

test('other events come between two operations, and abortion ends it', async () => {
  const { contract, prepared } = createNotedContract();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 0);
  const warming = warmUp(contract, controller.signal);
  expect(prepared).toHaveLength(0);
  controller.abort();
  await warming;
  expect(prepared).toHaveLength(0);
});
