import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGenerator } from '../../../conformance/arbitraries/create-generator.ts';
import { compareSchemas } from '../../../conformance/checks/document-lossless.ts';
import { readRestDocument } from '../../../conformance/gateway/rest-document.ts';
import { buildDocument, isJsonObject, type JsonObject } from '../../../src/index.ts';

const golden = join(import.meta.dirname, '../../../spec/golden');
const corpus = join(import.meta.dirname, '../../../../shared/corpus');

type Tool = JsonObject & { readonly name: string; readonly inputSchema: JsonObject };

describe('a document of this toolkit loses nothing of any tool', () => {
  const files = readdirSync(golden).map((server) => join(golden, server, 'tools.json'));
  // The corpus lies beside the repository.
  const more = existsSync(corpus) ? readdirSync(corpus).map((file) => join(corpus, file)) : [];
  test.each([...files, ...more])('%s', (path) => {
    const listing: unknown = JSON.parse(readFileSync(path, 'utf8'));
    // The files are written by this project, in these forms.
    const tools = ((isJsonObject(listing) ? listing['tools'] : listing) ?? []) as readonly Tool[];
    expect(tools.length).toBeGreaterThan(0);
    expect(tools.map((tool) => ({ tool: tool.name, faults: findFaults(tool) }))).toEqual(
      tools.map(({ name }) => ({ tool: name, faults: [] })),
    );
  });
});

const tool: Tool = {
  name: 'search',
  inputSchema: {
    type: 'object',
    properties: {
      state: { enum: ['open', 'closed'], description: 'which ones' },
      limit: { type: 'integer', minimum: 1, maximum: 100 },
      tags: { $ref: '#/$defs/tags' },
    },
    required: ['state'],
    $defs: { tags: { type: 'array', items: { type: 'string', minLength: 1 } } },
  },
};

test.each([
  ['a bound', '/properties/limit/maximum', (root: Body) => delete root.properties['limit']?.['maximum']],
  ['a requirement', '/required', (root: Body) => delete root['required']],
  ['an enum', '/properties/state/enum', (root: Body) => (root.properties['state'] = { type: 'string' })],
  [
    'a keyword behind a reference',
    '/$defs/tags/items/minLength',
    (root: Body) => (root.properties['tags'] = { type: 'array', items: { type: 'string' } }),
  ],
])('%s that a document lacks is named with its pointer', (_case, place, spoil) => {
  const [fault] = findFaults(tool, spoil);
  expect(fault).toMatchObject({ variant: 'keywords' });
  expect(fault?.seen).toContain(place);
});

test('what a document adds is found by values that it refuses', () => {
  const faults = findFaults(tool, (root) => (root.properties['state'] = { const: 'open' }));
  expect(faults.map(({ variant }) => variant)).toContain('narrowed');
});

test('words that a document leaves out are a warning', () => {
  const faults = findFaults(tool, (root) => delete root.properties['state']?.['description']);
  expect(faults).toMatchObject([{ variant: 'annotations', severity: 'warning' }]);
  expect(faults[0]?.seen).toBe('1 lost: /properties/state/description');
});

interface Body {
  properties: Record<string, Record<string, unknown> | undefined>;
  [keyword: string]: unknown;
}

function findFaults(listed: Tool, spoil?: (root: Body) => unknown): ReturnType<typeof compareSchemas> {
  const source = { server: '', tools: [{ name: listed.name, inputSchema: listed.inputSchema }] };
  const { document } = buildDocument({ sources: [source] });
  const [operation] = readRestDocument(document, 'http://localhost').operations;
  if (operation === undefined) throw new Error('the document has no operation');
  // Written out by the toolkit, the root has properties.
  const inputSchema = structuredClone(operation.inputSchema) as unknown as Body & JsonObject;
  spoil?.(inputSchema);
  const generator = createGenerator(listed.inputSchema, { seed: 1, hasStrangers: false });
  return compareSchemas({ name: listed.name, source: listed }, { ...operation, inputSchema }, generator);
}
