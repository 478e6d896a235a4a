import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readConfigFile } from '../../../../src/config/config-file/read-config-file.ts';
import { createConfigFolder, problemsFrom } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

const complete = readFileSync('test/fixtures/config/complete/mcp.jsonc', 'utf8');
const completeYaml = readFileSync('test/fixtures/config/complete/mcp.yaml', 'utf8');

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    'x',
    '${A}',
    '${B:-b}',
    '${header:a}',
    '${file:none}',
    '$${',
    '${',
    '__proto__',
    'http://x',
    'sse',
    '5s',
  ),
);
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
  text,
  fc.array(text, { maxLength: 3 }),
);
const keys = fc.constantFrom(
  ...'type command args env envFile cwd url headers oauth session disabled timeout required comand'.split(
    ' ',
  ),
  ...'enabledTools disabled_tools disabledTools client_header_forwarding __proto__'.split(' '),
);
const section = fc.dictionary(
  fc.oneof(
    text,
    fc.constantFrom(
      'key',
      'max',
      'idleTimeout',
      'enabled',
      'whitelist',
      'storage',
      'use_loopback',
      'publicUrl',
    ),
  ),
  anything,
  { maxKeys: 4 },
);
const server = fc.oneof(fc.dictionary(keys, fc.oneof(anything, section), { maxKeys: 6 }), anything);
const config = fc.oneof(
  fc.record({ mcpServers: fc.dictionary(fc.oneof(text, fc.string()), server, { maxKeys: 4 }) }),
  fc.dictionary(fc.constantFrom('mcpServers', 'servers', 'inputs', 'x'), fc.oneof(server, anything), {
    maxKeys: 3,
  }),
  anything,
);

/** What is wrong with the problems that reading ends with: each is one line that begins with a place in the file. */
function faultsOf(name: string, content: string): readonly string[] {
  const path = folder.write(name, content);
  const problems = problemsFrom(() => readConfigFile(path, { env: { A: 'a' } }));
  return problems.filter(
    (problem) =>
      !problem.startsWith(`${path}:`) ||
      !/^:\d+:\d+: [^\p{Cc}\u2028\u2029]+$/u.test(problem.slice(path.length)) ||
      /undefined|\[object|is not as it must be/.test(problem),
  );
}

test('any JSON value is a configuration, or mistakes with their places (CONF-03)', () => {
  fc.assert(
    fc.property(config, (value) => {
      expect(faultsOf('any.json', JSON.stringify(value))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('any text is a configuration, or mistakes with their places, as JSON and as YAML (CONF-03)', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(
          fc.constantFrom(...Array.from('{}[]",:\n -#&*!|>%@`\'\\$\t?a1')),
          fc.string({ maxLength: 2 }),
        ),
        maxLength: 30,
      }),
      fc.constantFrom('any.json', 'any.yaml'),
      (content, name) => {
        expect(faultsOf(name, content)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test('a configuration with a piece cut out is one, or mistakes with their places (CONF-03)', () => {
  fc.assert(
    fc.property(
      fc.nat(complete.length),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(['any.jsonc', complete] as const, ['any.yaml', completeYaml] as const),
      (at, length, [name, whole]) => {
        expect(faultsOf(name, whole.slice(0, at) + whole.slice(at + length))).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});
