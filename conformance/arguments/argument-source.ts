import type { JsonObject } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';

/** Where valid arguments for a tool come from. */
export interface ArgumentSource {
  /** Up to `count` different arguments objects that satisfy the tool's input schema; none when it has no idea. */
  readonly argumentsFor: (tool: ListedTool, count: number) => readonly JsonObject[];
}
