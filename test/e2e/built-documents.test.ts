import swaggerParser from '@apidevtools/swagger-parser';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../src/package.ts';

// What the build prepares, so that no start has to.
const built = join(packageRoot, 'dist', 'documents');
const golden = readFileSync('spec/golden/everything/openapi.json', 'utf8');

interface Draft {
  [key: string]: unknown;
}

/** Defects of every kind of object that our documents are made of. */
const defects: Readonly<Record<string, (document: Draft) => void>> = {
  'no info': (document) => delete document['info'],
  'no version': (document) => delete at(document, 'info')['version'],
  'a version that is a number': (document) => (at(document, 'info')['version'] = 1),
  'an unknown key at the root': (document) => (document['tools'] = []),
  'a path without a slash': (document) => (at(document, 'paths')['echo'] = {}),
  'an unknown key in an operation': (document) => (at(document, 'paths', '/echo', 'post')['tool'] = 'echo'),
  'tags that are no list': (document) => (at(document, 'paths', '/echo', 'post')['tags'] = 'tools'),
  'a body without content': (document) =>
    delete at(document, 'paths', '/echo', 'post', 'requestBody')['content'],
  'a schema that is a list': (document) =>
    (at(document, 'paths', '/echo', 'post', 'requestBody', 'content', 'application/json')['schema'] = []),
  'a response without description': (document) => (at(document, 'components', 'responses')['None'] = {}),
  'a component that is a text': (document) => (at(document, 'components', 'schemas')['Text'] = 'string'),
  'a component of a strange name': (document) => (at(document, 'components', 'schemas')['a b'] = {}),
  'a header whose schema is a text': (document) =>
    (at(document, 'components', 'headers')['Plain'] = { schema: 'string' }),
  'a parameter without a place': (document) =>
    (at(document, 'components')['parameters'] = { P: { name: 'p' } }),
  'a scheme of an unknown type': (document) =>
    (at(document, 'components')['securitySchemes'] = { s: { type: 'magic' } }),
  'security that is no list': (document) => (document['security'] = {}),
  'a server without URL': (document) => (document['servers'] = [{}]),
};

describe('the compiled schema of OpenAPI 3.1 says what swagger-parser says (START-03)', () => {
  test.each(['everything', 'filesystem', 'memory', 'time'])('of the document of %s', async (server) => {
    const text = readFileSync(`spec/golden/${server}/openapi.json`, 'utf8');
    expect(await judge(JSON.parse(text) as Draft)).toEqual({ compiled: true, parser: true });
  });

  test.each(Object.keys(defects))('of a document with %s', async (name) => {
    const document = JSON.parse(golden) as Draft;
    defects[name]?.(document);
    expect(await judge(document)).toEqual({ compiled: false, parser: false });
  });
});

test('the base document is built as it is written (START-03)', () => {
  const json: unknown = JSON.parse(readFileSync(join(built, 'gateway.openapi.json'), 'utf8'));
  expect(json).toEqual(parse(readFileSync('spec/gateway.openapi.yaml', 'utf8')));
});

async function judge(document: Draft): Promise<{ readonly compiled: boolean; readonly parser: boolean }> {
  // Ajv wrote it, with this export.
  const { validate } = (await import(pathToFileURL(join(built, 'openapi-3.1-schema.js')).href)) as {
    validate: (value: unknown) => boolean;
  };
  const compiled = validate(document);
  const parser = await swaggerParser
    // It changes what it is given; whether that is a document is what it is to find out.
    .validate(structuredClone(document) as never, { resolve: { external: false } })
    .then(() => true)
    .catch(() => false);
  return { compiled, parser };
}

function at(document: Draft, ...path: readonly string[]): Draft {
  let found = document;
  for (const key of path) {
    const next = found[key];
    expect(typeof next, `${path.join('.')} in the golden document`).toBe('object');
    found = next as Draft; // just seen
  }
  return found;
}
