import { buildDocument, isJsonObject, type JsonObject } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { ArgumentSource } from './argument-source.ts';

/**
 * Arguments that the user fixed for a tool, else the example that the tool's contract shows, else none at all where the
 * schema takes the empty object.
 */
export function createExampleArguments(fixed: ReadonlyMap<string, JsonObject>): ArgumentSource {
  const known = new Map<string, readonly JsonObject[]>();
  return {
    argumentsFor: (tool, count) => {
      let examples = known.get(tool.name);
      if (examples === undefined) {
        const own = fixed.get(tool.name);
        examples = own === undefined ? findExamples(tool) : [own];
        known.set(tool.name, examples);
      }
      return examples.slice(0, count);
    },
  };
}

function findExamples(tool: ListedTool): readonly JsonObject[] {
  const { inputSchema } = tool.source;
  const source = { server: '', tools: [{ name: tool.name, inputSchema }] };
  const { document } = buildDocument({ sources: [source] });
  const [path] = Object.values(toObject(document['paths']));
  const body = toObject(toObject(toObject(path)['post'])['requestBody']);
  const { example } = toObject(toObject(body['content'])['application/json']);
  if (isJsonObject(example)) return [example];
  return body['required'] === false ? [{}] : [];
}

function toObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
