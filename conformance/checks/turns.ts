import type { JsonObject } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { ToolCall } from './caller.ts';

/** The first call of each tool, then the second of each, and so on: who stops early has tried them all. */
export function inTurns(
  tools: readonly ListedTool[],
  argumentsOf: (tool: ListedTool) => readonly JsonObject[],
): readonly ToolCall[] {
  return tools
    .flatMap((tool) => argumentsOf(tool).map((args, turn) => ({ turn, call: { tool, args } })))
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ call }) => call);
}
