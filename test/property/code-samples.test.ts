import { spawnSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { json, python, script, toLiteral } from '../../src/docs/samples/literal.ts';
import { toCodeSamples } from '../../src/docs/samples/with-code-samples.ts';
import type { JsonObject, JsonValue } from '../../src/json/value.ts';

const oddUnits = [
  "'",
  '"',
  '\\',
  '$(id)',
  '`id`',
  '!',
  '\n',
  '\r',
  '\t',
  '\0',
  '\u007f',
  '@',
  '%',
  '*',
  '{a,b}',
  '${x}',

  '\u2028',
  '\u202e',
  '\ufeff',
  '\u{e0001}',
  '\ud800',
  '\udc00',
  '💡',
  'é',
  '</script>',
  '<!--',
  '__proto__',
];
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...oddUnits), maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(2 ** 53 + 2, 1e21, 5e-324),
);
const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    // -0 is 0 in JSON.
    numbers.map((number) => number + 0),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));
const anyArguments = fc.dictionary(fc.oneof(text, fc.constant('__proto__')), anyValue, { maxKeys: 5 });

const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;
const hasPython = spawnSync('python3', ['-c', 'pass']).status === 0;

test('the curl sample, read by a shell, sends exactly the arguments to exactly the path', ({ skip }) => {
  if (!hasBash) skip('there is no bash');
  fc.assert(
    fc.property(anyArguments, text, (args, name) => {
      const path = `/${encodeURIComponent(name.toWellFormed())}`;
      // In place of curl: its words, and nothing is sent.
      const prelude = `curl() { printf '%s\\0' "$@"; }; MCPO_API_KEY='k e"y'`;
      const { stdout, stderr } = spawnSync('bash', ['-c', `${prelude}\n${curlOf(path, args)}`], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const [request, method, url, ...options] = stdout.split('\0').slice(0, -1);
      expect([request, method, url]).toEqual(['--request', 'POST', `http://localhost:8000${path}`]);
      expect(options.slice(0, -1)).toEqual([
        '--header',
        'Authorization: Bearer k e"y',
        '--header',
        'Content-Type: application/json',
        '--data-raw',
      ]);
      expect(JSON.parse(options.at(-1) ?? '')).toEqual(plain(args));
    }),
    { numRuns: 100 },
  );
});

test('a literal of JavaScript is the value, and ends no script', () => {
  fc.assert(
    fc.property(anyArguments, (value) => {
      const literal = toLiteral(value, script);
      expect(literal).not.toMatch(/<\/|<!--|<script/i);
      expect(JSON.parse(String(runInNewContext(`JSON.stringify(${literal})`)))).toEqual(plain(value));
    }),
  );
});

test('a literal of JSON is the value, in characters that are seen', () => {
  fc.assert(
    fc.property(anyArguments, (value) => {
      const literal = toLiteral(value, json, 1);
      expect(literal).not.toMatch(/[\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u);
      expect(JSON.parse(literal)).toEqual(plain(value));
    }),
  );
});

test('a literal of Python is the value', ({ skip }) => {
  if (!hasPython) skip('there is no python3');
  const values = fc.sample(anyArguments, 300);
  const literals = values.map((value) => toLiteral(value, python));
  // A pair of surrogates would be one character in JSON, but is two in Python.
  const program = `
import ast, json, re, sys
for literal in json.load(sys.stdin):
    value = ast.literal_eval(literal)
    assert not re.search('[\\ud800-\\udbff][\\udc00-\\udfff]', json.dumps(value, ensure_ascii=False)), literal
    print(json.dumps(value))`;
  const { stdout, stderr } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(literals),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonValue),
  ).toEqual(values.map(plain));
});

function curlOf(path: string, example: JsonObject): string {
  const operation = {
    'x-mcp-tool': 'tool',
    requestBody: { content: { 'application/json': { example } } },
  };
  const document = {
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
  const [curl] = toCodeSamples(document, { path, method: 'post', operation });
  return curl?.source ?? '';
}

/** As JSON has it: without prototypes of fast-check's making. */
function plain(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
