import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { checkDocument } from '../../../src/contract/document/check-document.ts';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';
import type { ToolSource } from '../../../src/contract/contract.ts';
import type { JsonObject } from '../../../src/json/value.ts';
import type { Tool } from '../../../src/tool.ts';

// The tool lists of well-known servers lie beside the repository, where it is developed.
const folder = join(import.meta.dirname, '../../../../shared/corpus');
const sources = existsSync(folder) ? readdirSync(folder).map((file) => read(file)) : [];

describe.skipIf(sources.length === 0)('the corpus of servers (skipped without ../shared/corpus)', () => {
  test.each(sources)('$server gives a valid document with every tool (MAP-61)', async (source) => {
    const { document, unserved } = buildDocument({
      sources: [{ ...source, server: '' }],
      security: 'api-key',
    });
    expect(unserved).toEqual([]);
    expect(Object.keys(document['paths'] as object)).toHaveLength(source.tools.length);
    await checkDocument(document);
  });

  test('all of them together give a valid document (MAP-49)', async () => {
    const { document, unserved } = buildDocument({ sources });
    expect(unserved).toEqual([]);
    await checkDocument(document);
  });

  test('every tool has an example, and the contract takes it (MAP-59)', () => {
    const contract = compileContract(buildDocument({ sources }).document, { formats: 'assert' });
    for (const operation of contract.operations) {
      const { example } = toMediaType(contract.document, operation.path);
      expect([operation.operationId, contract.validateArguments(operation, example)]).toEqual([
        operation.operationId,
        undefined,
      ]);
    }
  });
});

function read(file: string): ToolSource {
  const { tools, instructions, server } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    readonly tools: readonly Tool[];
    readonly instructions?: string;
    readonly server: { readonly name: string; readonly version: string };
  };
  const name = file.replace('.json', '');
  return { server: name, serverInfo: server, tools, ...(instructions === undefined ? {} : { instructions }) };
}

function toMediaType(document: JsonObject, path: string): JsonObject {
  const { paths } = document as { paths: Record<string, { post: { requestBody: { content: JsonObject } } }> };
  return paths[path]?.post.requestBody.content['application/json'] as JsonObject;
}
