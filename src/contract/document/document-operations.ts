import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Operation, UnservedTool } from '../contract.ts';

/**
 * Reads a document's operations, sorted by path; what no OpenAPI member says is in their `x-mcp-…` members.
 *
 * @throws Error when the document is not one of {@link buildDocument}'s
 */
export function toOperations(document: JsonObject): readonly Operation[] {
  const { paths } = document;
  if (!isJsonObject(paths)) throw new Error('the document has no paths');
  return Object.keys(paths)
    .toSorted()
    .map((path) => toOperation(path, paths[path]));
}

/** Reads `x-unserved-tools`. */
export function toUnserved(document: JsonObject): readonly UnservedTool[] {
  const entries = document['x-unserved-tools'];
  if (!Array.isArray(entries)) return [];
  return entries.filter(isJsonObject).map((entry) => ({
    server: toText(entry['server']),
    tool: toText(entry['tool']),
    pointer: toText(entry['pointer']),
    reason: toText(entry['reason']),
  }));
}

function toOperation(path: string, pathItem: JsonValue | undefined): Operation {
  const post = isJsonObject(pathItem) ? pathItem['post'] : undefined;
  const object = isJsonObject(post) ? post : {};
  const { operationId, requestBody } = object;
  const tool = object['x-mcp-tool'];
  if (typeof operationId !== 'string' || typeof tool !== 'string' || !isJsonObject(requestBody)) {
    throw new Error(`the path ${path} has no operation of a tool`);
  }
  const annotations = isJsonObject(object['x-mcp-annotations']) ? object['x-mcp-annotations'] : {};
  return Object.freeze({
    operationId,
    path,
    method: 'post',
    server: toText(object['x-mcp-server']),
    tool,
    isBodyRequired: requestBody['required'] === true,
    hasOutputSchema: toOutputSchema(object) !== undefined,
    isRepeatable: annotations['readOnlyHint'] === true || annotations['idempotentHint'] === true,
  });
}

/** The schema of an operation's JSON body. */
export function toInputSchema(operation: JsonObject): JsonObject | undefined {
  return toJsonSchema(operation['requestBody']);
}

/** The schema of an operation's result; undefined when the operation shares the response of any result. */
export function toOutputSchema(operation: JsonObject): JsonObject | undefined {
  const responses = operation['responses'];
  return isJsonObject(responses) ? toJsonSchema(responses['200']) : undefined;
}

function toJsonSchema(holder: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonObject(holder) || !isJsonObject(holder['content'])) return undefined;
  const mediaType = holder['content']['application/json'];
  const schema = isJsonObject(mediaType) ? mediaType['schema'] : undefined;
  return isJsonObject(schema) ? schema : undefined;
}

function toText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
