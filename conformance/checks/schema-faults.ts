import { buildDocument, isJsonObject, type UnservedTool } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';

/** What is wrong with a schema, as the contract's translation of every dialect sees it. */
export interface SchemaFault {
  /** JSON Pointer into the tool. */
  readonly pointer: string;
  readonly reason: string;
  readonly isReference: boolean;
}

const known = new WeakMap<ListedTool, readonly SchemaFault[]>();

/** The first fault of the input schema, and the first of the output schema. */
export function findSchemaFaults(tool: ListedTool): readonly SchemaFault[] {
  let faults = known.get(tool);
  if (faults === undefined) {
    const { inputSchema, outputSchema } = tool.source;
    faults = [
      ...(isJsonObject(inputSchema) ? translate({ inputSchema }) : []),
      ...(isJsonObject(outputSchema) ? translate({ inputSchema: { type: 'object' }, outputSchema }) : []),
    ];
    known.set(tool, faults);
  }
  return faults;
}

function translate(schemas: {
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
}): SchemaFault[] {
  const tools = [{ name: 'tool', ...schemas }];
  const { unserved } = buildDocument({ sources: [{ server: '', tools }] });
  return unserved
    .filter((fault) => !isLimitOfOurs(fault))
    .map(({ pointer, reason }) => ({
      pointer,
      reason,
      isReference: /\/\$(?:ref|dynamicRef|recursiveRef)$/.test(pointer),
    }));
}

/** A schema may be valid and yet larger than a contract takes. */
function isLimitOfOurs({ reason }: UnservedTool): boolean {
  return /\bmore than \d+|\bdeeper than \d+/.test(reason);
}
