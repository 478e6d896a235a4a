import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildDocument } from '../../../../src/contract/document/build-document.ts';
import { canonicalize } from '../../../../src/contract/canonicalize.ts';
import { downgradeDocument } from '../../../../src/contract/forms/downgrade/downgrade-document.ts';
import { inlineRefs, type InlineOptions } from '../../../../src/contract/forms/inline-refs.ts';
import type { Loss } from '../../../../src/contract/forms/loss-report.ts';
import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';
import type { Tool } from '../../../../src/tool.ts';
import { bodyOf, expectValidDocument } from './downgrade/downgraded-tools.ts';
import { accepts31 } from './downgrade/json-schema-2020.ts';
import { accepts30 } from './downgrade/openapi-30.ts';
import { sampleValues } from '../schema/samples.ts';
import { corpus, trapFile, type Trap } from './samples.ts';

// The corpus lies beside the repository.
describe.skipIf(!existsSync(corpus))('the tools of real servers (skipped without ../shared/corpus)', () => {
  for (const file of existsSync(corpus) ? readdirSync(corpus) : []) {
    test(`MAP-112: ${file} is left without references, and judges alike`, async () => {
      const { tools } = JSON.parse(readFileSync(join(corpus, file), 'utf8')) as { tools: readonly Tool[] };
      const forms = inlineTools(tools);
      const { source, inlined, losses } = forms;
      await expectValidDocument(inlined);
      expect(losses.filter(({ effect }) => effect === 'reference')).toEqual([]);
      expect(referencesIn(inlined['paths'] ?? {})).toEqual([]);
      for (const path of Object.keys(inlined['paths'] ?? {})) {
        expect(findDisagreements(forms, path, sampleValues(bodyOf(source, path)))).toEqual([]);
      }
    });
  }
});

describe('traps', () => {
  const traps = JSON.parse(readFileSync(trapFile, 'utf8')) as readonly Trap[];
  test.each(traps)('MAP-112: $name: never narrower, and wider only where reported', async (trap) => {
    for (const isOld of [false, true]) {
      const forms = inlineTools([{ name: 'trap', inputSchema: trap.schema }], {}, isOld);
      await expectValidDocument(forms.inlined);
      const values = [...sampleValues(trap.schema), ...trap.values];
      expect(findDisagreements(forms, '/trap', values)).toEqual([]);
    }
  });
});

test('MAP-112: responses and headers stand where their references stood, and components without use are gone', () => {
  const { inlined, losses } = inlineTools([{ name: 'tool', inputSchema: { type: 'object' } }]);
  expect(JSON.stringify(inlined)).not.toContain('$ref');
  expect(inlined['components']).toEqual({});
  expect(inlined).toMatchObject({
    paths: {
      '/tool': {
        post: {
          responses: {
            '422': {
              headers: { 'x-request-id': { schema: { type: 'string' } } },
              content: {
                'application/problem+json': {
                  schema: { properties: { violations: { items: { title: 'Violation' } } } },
                },
              },
            },
          },
        },
      },
    },
  });
  expect(losses).toEqual([]);
});

describe('MAP-113: recursion', () => {
  const reference = { $ref: '#/components/schemas/Node' };

  test.each([
    { name: 'a reference', next: reference },
    { name: 'a reference with a type beside it', next: { type: 'object', allOf: [reference] } },
  ])('$name is repeated once, then cut to its type, and reported', ({ next }) => {
    const document = inlineRefs({
      paths: { '/tool': { parameters: [{ schema: reference }] } },
      components: { schemas: { Node: { type: 'object', title: 'Node', properties: { next } } } },
    });
    expect(document).toMatchObject({
      paths: {
        '/tool': {
          parameters: [
            {
              schema: {
                type: 'object',
                title: 'Node',
                properties: {
                  next: { type: 'object', title: 'Node', properties: { next: { type: 'object' } } },
                },
              },
            },
          ],
        },
      },
      components: {},
      'x-loss-report': [{ keyword: '$ref', effect: 'wider' }],
    });
    expect(JSON.stringify(document['paths'])).not.toContain('allOf');
  });

  test('where an outline would refuse values, the reference stays', () => {
    const schema = tree({ type: 'object', properties: { other: { not: { $ref: '#/$defs/Node' } } } });
    const { document, losses } = inlineBody(schema);
    expect(losses.map(({ effect }) => effect)).toContain('reference');
    // What it refers to is there.
    expect(referencesIn(document).length).toBeGreaterThan(0);
    for (const left of referencesIn(document)) {
      expect(document['components']).toHaveProperty(['schemas', left.replace('#/components/schemas/', '')]);
    }
  });

  test('oneOf with a branch that is cut is said as anyOf', () => {
    const { body, losses } = inlineBody(
      tree({
        oneOf: [
          { type: 'array', items: { type: 'integer' } },
          { type: 'array', items: { $ref: '#/$defs/Node' }, minItems: 1 },
        ],
      }),
    );
    expect(JSON.stringify(body)).toContain('"anyOf"');
    expect(losses.map(({ keyword }) => keyword)).toContain('oneOf');
  });
});

describe('MAP-114: bounds', () => {
  test('a web that doubles at each level stops at the bound, near the leaves', () => {
    const depth = 20;
    const definitions = Array.from({ length: depth }, (_, level) => [
      `D${level}`,
      level === depth - 1
        ? { type: 'string' }
        : {
            type: 'object',
            properties: { left: { $ref: `#/$defs/D${level + 1}` }, right: { $ref: `#/$defs/D${level + 1}` } },
          },
    ]);
    const { body, losses, document } = inlineBody({
      type: 'object',
      properties: { web: { $ref: '#/$defs/D0' } },
      $defs: Object.fromEntries(definitions) as JsonObject,
    });
    expect(JSON.stringify(body).length).toBeLessThan(600_000);
    expect(body).toMatchObject({
      properties: { web: { properties: { left: { properties: {} }, right: { properties: {} } } } },
    });
    expect(losses.length).toBeGreaterThan(0);
    expect(losses.length).toBeLessThan(depth);
    expect(losses.every(({ effect }) => effect === 'reference')).toBe(true);
    expect(Object.keys((document['components'] as { schemas: object }).schemas).length).toBeGreaterThan(0);
  });

  test('every component referring to every other one ends as well', () => {
    const names = Array.from({ length: 30 }, (_, index) => `C${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
    const { body } = inlineBody({
      type: 'object',
      properties,
      $defs: Object.fromEntries(names.map((name) => [name, { type: 'object', properties }])),
    });
    expect(JSON.stringify(body).length).toBeLessThan(1_000_000);
  });

  test('what responses may add is bounded for the whole document', () => {
    const { inlined, losses } = inlineTools([{ name: 'tool', inputSchema: { type: 'object' } }], {
      maxBytes: 3_000,
    });
    expect(losses.every(({ effect }) => effect === 'reference')).toBe(true);
    expect(referencesIn(inlined['paths'] ?? {}).length).toBe(losses.length);
    expect(losses.length).toBeGreaterThan(1);
  });

  test('depth is bounded', () => {
    const { losses } = inlineBody(
      {
        type: 'object',
        properties: { a: { $ref: '#/$defs/A' }, b: { $ref: '#/$defs/A' } },
        $defs: { A: { type: 'string' } },
      },
      { maxLevels: 2 },
    );
    const inBody = losses.filter(({ pointer }) => pointer.includes('/requestBody/'));
    expect(inBody.map(({ effect }) => effect)).toEqual(['reference', 'reference']);
  });
});

interface Inlined {
  readonly source: JsonObject;
  readonly inlined: JsonObject;
  readonly losses: readonly Loss[];
}

function inlineTools(tools: readonly Tool[], options?: InlineOptions, isOld = false): Inlined {
  const { document } = buildDocument({ sources: [{ server: '', tools }] });
  const source = canonicalize(isOld ? downgradeDocument(document) : document).document;
  const inlined = canonicalize(inlineRefs(source, options)).document;
  return { source, inlined, losses: inlined['x-loss-report'] as unknown as readonly Loss[] };
}

/** A tool's schema with a property that refers to a definition. */
function tree(node: JsonObject): JsonObject {
  return {
    type: 'object',
    properties: { tree: { $ref: '#/$defs/Node' } },
    $defs: { Node: node },
  };
}

function inlineBody(schema: JsonObject, options?: InlineOptions) {
  const { inlined, losses } = inlineTools([{ name: 'tool', inputSchema: schema }], options);
  return { body: bodyOf(inlined, '/tool'), losses, document: inlined };
}

function accepts(document: JsonObject, path: string, value: JsonValue): boolean {
  const judge = document['openapi'] === '3.0.3' ? accepts30 : accepts31;
  return judge(document, bodyOf(document, path), value);
}

/** Values judged otherwise than by the source; those that are accepted more only count where no loss says so. */
function findDisagreements(
  { source, inlined, losses }: Inlined,
  path: string,
  values: readonly JsonValue[],
): readonly JsonValue[] {
  // Keywords that the source is already without are none of ours.
  const mayAcceptMore = losses.some(
    ({ effect, keyword, reason }) => effect === 'wider' && (keyword === '$ref' || reason.includes('cut')),
  );
  return values.filter((value) => {
    const isAccepted = accepts(source, path, value);
    return isAccepted !== accepts(inlined, path, value) && (isAccepted || !mayAcceptMore);
  });
}

function referencesIn(value: JsonValue): readonly string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"(#[^"]*)"/g)].map(([, reference = '']) => reference);
}
