import { isReadOnly, type ListedTool } from '../../conformance/target/list-tools.ts';
import type { Contract, JsonObject, Operation, Violation } from '../../src/index.ts';
import { CannotRunError } from '../cannot-run.ts';

/** The tools that can be called, with the contract that says how. */
export interface ToolShelf {
  readonly tools: readonly ListedTool[];
  readonly contract: Contract;
}

const shownNames = 10;

/**
 * The operation of a tool.
 *
 * @throws CannotRunError when there is none, with the names that are near
 */
export function findOperation({ contract, tools }: ToolShelf, name: string): Operation {
  const operation = contract.operations.find(({ tool }) => tool === name);
  if (operation !== undefined) return operation;
  const unserved = contract.unserved.find(({ tool }) => tool === name);
  if (unserved !== undefined)
    throw new CannotRunError(`the tool ${name} cannot be served: ${unserved.reason}`);
  const match = contract.match('POST', `/${encodeURIComponent(name)}`);
  const near = match.kind === 'unknown' ? match.nearest : [];
  const hint = near.length > 0 ? `the nearest is ${near.join(', ')}` : `there are ${listNames(tools)}`;
  throw new CannotRunError(`there is no tool ${name}; ${hint}`);
}

/** The tool of a name that {@link findOperation} knows. */
export function findTool({ tools }: ToolShelf, name: string): ListedTool {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new CannotRunError(`there is no tool ${name}; there are ${listNames(tools)}`);
  return tool;
}

/**
 * Holds arguments against the contract.
 *
 * @throws CannotRunError when they violate it, with each violation
 */
export function requireValid({ contract }: ToolShelf, operation: Operation, value: JsonObject): void {
  const violations = contract.validateArguments(operation, value) ?? [];
  if (violations.length === 0) return;
  throw new CannotRunError(
    `the arguments for ${operation.tool} violate its contract: ${violations.length === 1 ? '1 violation' : `${violations.length} violations`}`,
    violations.map(describeViolation),
  );
}

export function readOnlyTools({ tools, contract }: ToolShelf): readonly ListedTool[] {
  const served = new Set(contract.operations.map(({ tool }) => tool));
  return tools.filter((tool) => served.has(tool.name) && isReadOnly(tool));
}

export function listNames(tools: readonly ListedTool[]): string {
  const names = tools.slice(0, shownNames).map(({ name }) => name);
  const rest = tools.length - names.length;
  return names.length === 0 ? 'none' : `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function describeViolation({ pointer, message }: Violation): string {
  return `${pointer === '' ? 'the arguments' : pointer}: ${message}`;
}
