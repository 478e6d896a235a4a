import type { JsonObject } from '../json/value.ts';
import { toAnnotations, toDescription, toSummary } from './describe-tool.ts';
import { acceptsEmptyObject } from './empty-object.ts';
import { toResultResponse } from './responses.ts';
import type { ServedTool } from './serve-tools.ts';

/**
 * The Operation Object of a tool (OpenAPI 3.1 section 4.8.10).
 *
 * Arguments are the body alone: there are no parameters. What a contract needs to know of the tool is in the document
 * itself, in `x-mcp-…` members.
 *
 * @param base the base document
 * @param responses what all operations answer besides 200
 */
export function toOperationObject(base: JsonObject, served: ServedTool, responses: JsonObject): JsonObject {
  const { tool, server, operationId, input, output, components } = served;
  const annotations = toAnnotations(tool.annotations);
  const description = toDescription(tool, annotations);
  return {
    operationId,
    ...(server === '' ? {} : { tags: [server] }),
    summary: toSummary(tool, annotations),
    ...(description === undefined ? {} : { description }),
    requestBody: {
      required: !acceptsEmptyObject(input, components),
      content: { 'application/json': { schema: input } },
    },
    responses: { ...responses, '200': toResultResponse(base, output) },
    'x-mcp-tool': tool.name,
    ...(server === '' ? {} : { 'x-mcp-server': server }),
    ...(annotations === undefined ? {} : { 'x-mcp-annotations': annotations }),
  };
}
