import { describe, expect, test } from 'vitest';
import { keepUsedComponents } from '../../../../src/contract/document/used-components.ts';
import type { JsonObject } from '../../../../src/json/value.ts';

const ref = (kind: string, name: string): JsonObject => ({ $ref: `#/components/${kind}/${name}` });

function kept(paths: JsonObject, components: JsonObject): unknown {
  const { components: left } = keepUsedComponents({ paths, components });
  return left;
}

describe('the components of a part of a document', () => {
  test('what is referred to stays, also through others and in circles; the rest goes', () => {
    const used = {
      schemas: { A: { items: ref('schemas', 'B') }, B: { items: ref('schemas', 'A') } },
      responses: { Bad: { schema: ref('schemas', 'C') } },
    };
    const components = { ...used, schemas: { ...used.schemas, C: {}, D: ref('schemas', 'E'), E: {} } };
    expect(kept({ '/a': ref('schemas', 'A') }, components)).toEqual({ ...used, responses: {} });
    expect(kept({ '/a': ref('responses', 'Bad') }, components)).toEqual({
      schemas: { C: {} },
      responses: used.responses,
    });
  });

  test('security schemes stay: nothing refers to them by address', () => {
    const components = { securitySchemes: { key: { type: 'http' } }, schemas: { A: {} } };
    expect(kept({}, components)).toEqual({ ...components, schemas: {} });
  });

  test('a discriminator’s mapping, a dynamic reference and an address with escapes count', () => {
    const components = { schemas: { Cat: {}, Dog: {}, 'a/b ~c': {}, Bird: {} } };
    const paths = {
      mapping: { cat: '#/components/schemas/Cat' },
      dynamic: { $dynamicRef: '#/components/schemas/Dog' },
      escaped: { $ref: '#/components/schemas/a~1b%20~0c' },
    };
    expect(kept(paths, components)).toEqual({ schemas: { Cat: {}, Dog: {}, 'a/b ~c': {} } });
  });

  test.each(['$ref', '$dynamicRef'])('%s to an anchor could be to any of them: all stay', (key) => {
    const components = { schemas: { A: { $anchor: 'here' }, B: {} } };
    expect(kept({ '/a': { [key]: '#here' } }, components)).toEqual(components);
  });

  test('a reference that leads nowhere, or has a name like a member of all objects, does no harm', () => {
    const components = { schemas: { A: {} } };
    const paths = {
      a: ref('schemas', 'toString'),
      b: ref('none', 'A'),
      c: ref('schemas', '%E0%A4%A'),
      d: { $ref: '#/components' },
    };
    expect(kept(paths, components)).toEqual({ schemas: {} });
    expect(keepUsedComponents({ paths })).toEqual({ paths });
  });
});
