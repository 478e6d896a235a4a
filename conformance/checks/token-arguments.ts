import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { ToolSettings } from '../options.ts';
import type { ListedTool } from '../target/list-tools.ts';

/** The keywords that leave a string free to be anything. */
const harmless = new Set(['type', 'title', 'description', 'default', 'examples', 'minLength', 'maxLength']);

/**
 * Puts a token into the arguments, wherever the tool takes any string; undefined where it takes none.
 *
 * Only members that the arguments have already, or that are required, are replaced: an optional one may change what the
 * tool does. What the user fixed stays.
 */
export function withToken(
  tool: ListedTool,
  args: JsonObject,
  token: string,
  { arguments: fixed = {} }: ToolSettings = {},
): JsonObject | undefined {
  const free = freeStrings(tool, token.length).filter(
    (name) => Object.hasOwn(args, name) && !Object.hasOwn(fixed, name),
  );
  if (free.length === 0) return undefined;
  return { ...args, ...Object.fromEntries(free.map((name) => [name, token])) };
}

function freeStrings({ source }: ListedTool, length: number): readonly string[] {
  const { inputSchema } = source;
  const properties = isJsonObject(inputSchema) ? inputSchema['properties'] : undefined;
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (!isJsonObject(schema) || schema['type'] !== 'string') return [];
    if (Object.keys(schema).some((keyword) => !harmless.has(keyword))) return [];
    const { minLength = 0, maxLength = length } = schema;
    return Number(minLength) <= length && length <= Number(maxLength) ? [name] : [];
  });
}
