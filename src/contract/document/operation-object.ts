import type { JsonObject } from '../../json/value.ts';
import { toAnnotations, toDescription, toSummary } from './describe-tool.ts';
import { acceptsEmptyObject } from '../validation/empty-object.ts';
import { toExampleArguments, type ExampleContext } from './example-arguments.ts';
import { toResultResponse } from './responses.ts';
import type { ServedTool } from './serve-tools.ts';

/** What all operations of a document are made with. */
export interface OperationContext extends Pick<ExampleContext, 'compilePattern' | 'conforms'> {
  /** The base document. */
  readonly base: JsonObject;
  /** What all operations answer besides 200. */
  readonly responses: JsonObject;
}

/**
 * The Operation Object of a tool (OpenAPI 3.1 section 4.8.10).
 *
 * Arguments are the body alone: there are no parameters. What a contract needs to know of the tool is in the document
 * itself, in `x-mcp-…` members.
 */
export function toOperationObject(served: ServedTool, context: OperationContext): JsonObject {
  const { tool, server, operationId, input, output, components } = served;
  const annotations = toAnnotations(tool.annotations);
  const description = toDescription(tool, annotations);
  const example = toExampleArguments(input, { ...context, components });
  return {
    operationId,
    ...(server === '' ? {} : { tags: [server] }),
    summary: toSummary(tool, annotations),
    ...(description === undefined ? {} : { description }),
    requestBody: {
      required: !acceptsEmptyObject(input, components),
      content: { 'application/json': { schema: input, ...(example === undefined ? {} : { example }) } },
    },
    responses: { ...context.responses, '200': toResultResponse(context.base, output) },
    'x-mcp-tool': tool.name,
    ...(server === '' ? {} : { 'x-mcp-server': server }),
    ...(annotations === undefined ? {} : { 'x-mcp-annotations': annotations }),
  };
}
