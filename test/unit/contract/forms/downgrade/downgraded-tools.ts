import swaggerParser from '@apidevtools/swagger-parser';
import { expect } from 'vitest';
import { buildDocument } from '../../../../../src/contract/document/build-document.ts';
import { canonicalize } from '../../../../../src/contract/canonicalize.ts';
import { compileContract } from '../../../../../src/contract/enforcement/compile-contract.ts';
import { downgradeDocument } from '../../../../../src/contract/forms/downgrade/downgrade-document.ts';
import type { Loss } from '../../../../../src/contract/forms/loss-report.ts';
import type { JsonObject, JsonValue } from '../../../../../src/json/value.ts';
import type { Tool } from '../../../../../src/tool.ts';
import { accepts31 } from './json-schema-2020.ts';
import { accepts30 } from './openapi-30.ts';

/** One tool in both versions. */
export interface Compared {
  readonly name: string;
  readonly body31: JsonObject;
  readonly body30: JsonObject;
  /** Where the tool's 3.0 form accepts more, its components included. */
  readonly wider: readonly Loss[];
  readonly accepts31: (value: JsonValue) => boolean;
  readonly accepts30: (value: JsonValue) => boolean;
}

/** Tools in 3.1 and, through their document, in 3.0. */
export interface ComparedTools {
  readonly document31: JsonObject;
  readonly document30: JsonObject;
  readonly losses: readonly Loss[];
  readonly tools: readonly Compared[];
}

/** Builds the document of tools and says it in 3.0. */
export function compareTools(tools: readonly Tool[]): ComparedTools {
  const contract = compileContract(buildDocument({ sources: [{ server: '', tools }] }).document);
  const document31 = contract.document;
  const document30 = canonicalize(downgradeDocument(document31)).document;
  const losses = document30['x-loss-report'] as unknown as readonly Loss[];
  return {
    document31,
    document30,
    losses,
    tools: contract.operations.map((operation) => {
      const body30 = bodyOf(document30, operation.path);
      const pointers = [`/paths/${operation.path.replaceAll('/', '~1')}/post/requestBody`];
      for (const component of componentsIn(document31, bodyOf(document31, operation.path))) {
        pointers.push(`/components/schemas/${component}`);
      }
      return {
        name: operation.tool,
        body31: bodyOf(document31, operation.path),
        body30,
        wider: losses.filter(
          ({ pointer, effect }) =>
            effect === 'wider' && pointers.some((start) => pointer.startsWith(`${start}/`)),
        ),
        accepts31: (value) => accepts31(document31, bodyOf(document31, operation.path), value),
        accepts30: (value) => accepts30(document30, body30, value),
      };
    }),
  };
}

/** Expects 3.0 to accept what 3.1 accepts, and nothing else unless a loss says so; returns how many were valid. */
export function expectSameVerdicts(tool: Compared, values: readonly JsonValue[]): number {
  let valid = 0;
  for (const value of values) {
    const verdict = tool.accepts31(value);
    const verdict30 = tool.accepts30(value);
    if (verdict) valid += 1;
    if (verdict === verdict30 || (!verdict && tool.wider.length > 0)) continue;
    expect.fail(
      `${tool.name}: ${JSON.stringify(value)} is ${verdict ? 'valid' : 'invalid'} in 3.1 and not in 3.0:\n` +
        `${JSON.stringify(tool.body31)}\n${JSON.stringify(tool.body30)}`,
    );
  }
  return valid;
}

/** Fails when a document is no valid OpenAPI. */
export async function expectValidDocument(document: JsonObject): Promise<void> {
  // An example may hold a member named $ref.
  await swaggerParser.validate(structuredClone(document) as never, { resolve: { external: false } });
}

/** The body's schema of the tool at a path. */
export function bodyOf(document: JsonObject, path: string): JsonObject {
  const { paths } = document as unknown as {
    paths: Record<string, { post: { requestBody: { content: Record<string, { schema: JsonObject }> } } }>;
  };
  const schema = paths[path]?.post.requestBody.content['application/json']?.schema;
  if (schema === undefined) throw new Error(`no body at ${path}`);
  return schema;
}

function componentsIn(
  document: JsonObject,
  schema: JsonValue,
  found = new Set<string>(),
): ReadonlySet<string> {
  const { schemas } = document['components'] as { schemas: JsonObject };
  for (const [, name = ''] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (found.has(name)) continue;
    found.add(name);
    componentsIn(document, schemas[name] ?? {}, found);
  }
  return found;
}
