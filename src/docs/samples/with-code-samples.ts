import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { CodeSample } from './code-sample.ts';
import { toCurl } from './curl.ts';
import { toFetch } from './fetch.ts';
import { toMcpCall } from './mcp-call.ts';
import { toOpenapiFetch } from './openapi-fetch.ts';
import { toPython } from './python.ts';
import { toSampleCall, type OperationPlace, type SampleOptions } from './sample-call.ts';

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/**
 * A copy of a document in which each operation has `x-codeSamples`: for pages, never for what is published as contract.
 *
 * Pure, and without anything of Node's: pages run it in browsers.
 */
export function withCodeSamples(document: JsonObject, options: SampleOptions = {}): JsonObject {
  if (!isJsonObject(document['paths'])) return document;
  const paths = mapMembers(document['paths'], (path, item) => {
    if (!isJsonObject(item)) return item;
    return mapMembers(item, (method, operation) => {
      if (!methods.has(method) || !isJsonObject(operation)) return operation;
      const samples = toCodeSamples(document, { path, method, operation }, options);
      return { ...operation, 'x-codeSamples': samples.map((sample) => ({ ...sample })) };
    });
  });
  return { ...document, paths };
}

/** An operation's call in each language: curl, JavaScript, Python, a typed client, and, of tools, MCP itself. */
export function toCodeSamples(
  document: JsonObject,
  place: OperationPlace,
  options: SampleOptions = {},
): readonly CodeSample[] {
  const call = toSampleCall(document, place, options);
  return [toCurl(call), toFetch(call), toPython(call), toOpenapiFetch(call), ...toMcpCall(call)];
}

/** Members are defined, not assigned: a path may be named `__proto__`. */
function mapMembers(
  object: JsonObject,
  map: (name: string, member: JsonObject[string]) => JsonObject[string],
): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, map(name, member)]));
}
