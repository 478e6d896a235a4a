import { buildDocument, compileContract, type Contract, type JsonObject } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';

/** Tools of a listing stay the same objects, and each schema is compiled once. */
const known = new WeakMap<ListedTool, Contract>();

/**
 * True when the arguments would not satisfy the input schema if its formats were assertions.
 *
 * By default they are annotations (JSON Schema validation 7.2.1), so the schema accepts such arguments; a tool that takes
 * its own formats seriously has told so.
 */
export function breaksFormat(tool: ListedTool, args: JsonObject): boolean {
  const { inputSchema } = tool.source;
  if (!/"format":/.test(JSON.stringify(inputSchema) ?? '')) return false;
  let contract = known.get(tool);
  if (contract === undefined) {
    const tools = [{ name: 'tool', ...(inputSchema !== undefined && { inputSchema }) }];
    const { document } = buildDocument({ sources: [{ server: '', tools }] });
    contract = compileContract(document, { formats: 'assert' });
    known.set(tool, contract);
  }
  const [operation] = contract.operations;
  const violations = operation && contract.validateArguments(operation, args);
  return violations?.some(({ keyword }) => keyword === 'format') ?? false;
}
