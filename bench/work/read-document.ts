import type { ListedTool } from '../../conformance/target/list-tools.ts';
import {
  compileContract,
  isJsonObject,
  type Contract,
  type JsonObject,
  type Operation,
} from '../../src/index.ts';
import { CannotRunError } from '../cannot-run.ts';
import { isOk, type HttpAnswer, type HttpCaller } from '../load/http-call.ts';
import type { ToolShelf } from './tool-shelf.ts';

/**
 * The tools that a running gateway serves, by its own document.
 *
 * @throws CannotRunError when it cannot be reached, or shows no document of ours
 */
export async function readDocument(caller: HttpCaller, url: string): Promise<ToolShelf> {
  const answer = await caller.get('/openapi.json');
  if (answer.status === 0) throw new CannotRunError(`${url} cannot be reached: ${answer.body}`);
  requireKey(answer, url);
  if (!isOk(answer))
    throw new CannotRunError(`${url}/openapi.json answers ${answer.status}; is it a gateway?`);
  const contract = compile(answer.body, url);
  return { contract, tools: contract.operations.map((operation) => toListed(operation, contract)) };
}

/** @throws CannotRunError when the gateway refuses whoever asks */
export function requireKey({ status }: HttpAnswer, url: string): void {
  if (status !== 401 && status !== 403) return;
  throw new CannotRunError(`${url} wants a key, or another one (${status}): add --api-key <key>`);
}

function compile(body: string, url: string): Contract {
  try {
    const document: unknown = JSON.parse(body);
    if (!isJsonObject(document)) throw new Error('it is no JSON object');
    return compileContract(document);
  } catch (error) {
    // Whatever a document may hold, it is the gateway's.
    throw new CannotRunError(
      `${url}/openapi.json is not the document of mcpo-serve: ${(error as Error).message}`,
    );
  }
}

/** The tool as its server would list it, as far as the document tells. */
function toListed({ tool, path }: Operation, { document }: Contract): ListedTool {
  const post = member(member(document['paths'], path), 'post');
  const content = member(member(post, 'requestBody'), 'content');
  const schema = member(member(content, 'application/json'), 'schema');
  // References lead to where they do in the document.
  const inputSchema = { ...toObject(schema), components: document['components'] ?? {} };
  return {
    name: tool,
    source: { name: tool, inputSchema, annotations: toObject(member(post, 'x-mcp-annotations')) },
  };
}

function member(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}

function toObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
