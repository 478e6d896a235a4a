import * as fc from 'fast-check';
import { OpenAPIRouter, type Document } from 'openapi-backend';
import { expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';
import type { Contract } from '../../../src/contract/contract.ts';
import { IndexedRouter } from '../../../src/contract/enforcement/indexed-router.ts';

function contractOf(...names: readonly string[]): Contract {
  const tools = names.map((name) => ({ name }));
  return compileContract(buildDocument({ sources: [{ server: '', tools }] }).document);
}

function toolAt(contract: Contract, path: string): string | undefined {
  const match = contract.match('POST', path);
  return match.kind === 'operation' ? match.operation.tool : undefined;
}

test('a tool is found at its name, percent-encoded as one path segment (MAP-41)', () => {
  const contract = contractOf('echo', 'a b', 'météo', '{id}', 'x:y@z', '50%');
  expect(contract.operations.map(({ path }) => path).toSorted()).toEqual([
    '/%7Bid%7D',
    '/50%25',
    '/a%20b',
    '/echo',
    '/m%C3%A9t%C3%A9o',
    '/x%3Ay%40z',
  ]);
  for (const { path, tool } of contract.operations) expect(toolAt(contract, path)).toBe(tool);
});

test('another spelling of the same path finds the same tool (MAP-66)', () => {
  const contract = contractOf('echo', 'a b', 'météo', "it's");
  expect(toolAt(contract, '/%65cho')).toBe('echo');
  expect(toolAt(contract, '/m%c3%a9t%c3%a9o')).toBe('météo');
  expect(toolAt(contract, '/a b')).toBe('a b');
  expect(toolAt(contract, '/it%27s')).toBe("it's");
});

test.each([
  '/nobody',
  '/',
  '',
  '*',
  'echo',
  '//echo',
  '/echo/',
  '/ECHO',
  '/./echo',
  '/%2e/echo',
  '/x/../echo',
  '/x/%2E%2E/echo',
  '/a%2Fb',
  '/a/b',
  '/a%5Cb',
  '/%',
  '/%ff',
  '/echo%00',
  '/%25%32%46',
])('the path %s leads nowhere (MAP-66)', (path) => {
  expect(contractOf('echo', 'a/b').match('POST', path).kind).toBe('unknown');
});

test('a name that is no path segment is replaced by its id, and reached by that alone (MAP-42)', () => {
  const contract = contractOf('a/b', '..', '.', '', 'a\\b', '\ud800', 'a_b');
  const paths = new Map(contract.operations.map(({ tool, path }) => [tool, path]));
  expect(paths.get('a_b')).toBe('/a_b');
  expect(paths.get('a/b')).toMatch(/^\/a_b_[0-9a-f]{8}$/);
  expect(paths.get('..')).toMatch(/^\/tool_[0-9a-f]{8}$/);
  for (const [tool, path] of paths) expect(toolAt(contract, path)).toBe(tool);
});

test('paths are unique and stay as they are in a URL, whatever the names (MAP-42)', () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('a', '_', '/', '.', '%', '2', 'F', '\\') }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (names) => {
      const { operations, ...contract } = contractOf(...names);
      expect(new Set(operations.map(({ path }) => path)).size).toBe(names.length);
      for (const { path, tool } of operations) {
        expect(new URL(path, 'http://localhost').pathname).toBe(path);
        expect(toolAt({ operations, ...contract }, path)).toBe(tool);
      }
    }),
  );
});

test('another method on a tool’s path is wrong, and the right ones are named (MAP-66)', () => {
  const contract = contractOf('echo');
  for (const method of ['GET', 'OPTIONS', 'post', 'DELETE']) {
    expect(contract.match(method, '/echo')).toEqual({ kind: 'wrong_method', allow: ['OPTIONS', 'POST'] });
  }
});

test('an unknown path comes with the nearest names (MAP-72)', () => {
  const contract = contractOf('get_current_time', 'get_current_date', 'convert_time', 'echo');
  expect(contract.match('POST', '/get_curent_time')).toEqual({
    kind: 'unknown',
    nearest: ['get_current_time', 'get_current_date'],
  });
  expect(contract.match('POST', '/Echo')).toEqual({ kind: 'unknown', nearest: ['echo'] });
  expect(contract.match('POST', '/weather')).toEqual({ kind: 'unknown', nearest: [] });
  expect(contract.match('POST', `/${'x'.repeat(10_000)}`)).toEqual({ kind: 'unknown', nearest: [] });
});

test('the router gives what openapi-backend’s own gives (MAP-66)', () => {
  const { document } = contractOf('echo', 'a b', '{id}');
  const ours = new IndexedRouter(document);
  const theirs = new OpenAPIRouter({ definition: document as unknown as Document });
  expect(ours.getOperations()).toEqual(theirs.getOperations());
  for (const path of ['/echo', '/a%20b', '/%7Bid%7D', '/nobody', '/echo?x=1']) {
    const request = { method: 'POST', path, headers: {} };
    expect(ours.matchOperation(request)).toEqual(theirs.matchOperation(request));
  }
  expect(ours.getOperation('echo')).toEqual(theirs.getOperation('echo'));
  expect(() => ours.matchOperation({ method: 'POST', path: '/nobody', headers: {} }, true)).toThrow(
    '404-notFound',
  );
  expect(() => ours.matchOperation({ method: 'GET', path: '/echo', headers: {} }, true)).toThrow(
    '405-methodNotAllowed',
  );
});
