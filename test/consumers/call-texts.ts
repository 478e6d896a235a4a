import type { Contract } from '../../src/contract/contract.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/value.ts';
import { sampleValues } from '../unit/contract/schema/samples.ts';
import type { DocumentOperation } from './document-operations.ts';

/** Quotes, escapes, controls, what JavaScript treats as line breaks, and what takes two UTF-16 units. */
const oddText = '"\\/\b\n\u0000\u2028é字💡';

/**
 * Arguments that a tool takes, as JSON texts: the document's example, all and only the required properties, and, where
 * the schema allows it, odd characters in every string.
 */
export function toCallTexts(
  contract: Contract,
  { operationId, example }: DocumentOperation,
  inputSchema: JsonObject,
): readonly string[] {
  const operation = contract.operations.find((candidate) => candidate.operationId === operationId);
  if (operation === undefined) throw new Error(`the contract has no ${operationId}`);
  const [full = {}, sparse = {}] = sampleValues(inputSchema);
  const candidates = [example, full, sparse, withOddText(full)].filter(
    (value) => value !== undefined && isJsonObject(value),
  );
  const accepted = candidates.filter((value) => contract.validateArguments(operation, value) === undefined);
  return [...new Set(accepted.map((value) => JSON.stringify(value)))];
}

function withOddText(value: JsonValue): JsonValue {
  if (typeof value === 'string') return oddText;
  if (Array.isArray(value)) return value.map(withOddText);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withOddText(member)]));
}
