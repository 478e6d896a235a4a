import { expect, test } from 'vitest';
import { readErrorWords } from '../../../../conformance/fuzzing/error-words.ts';
import { readAnswer } from '../../../../conformance/fuzzing/read-answer.ts';
import type { JsonValue } from '../../../../src/index.ts';

test.each([
  // the TypeScript SDK with zod 3 and zod 4
  'MCP error -32602: Input validation error: Invalid arguments for tool echo: [{"code":"invalid_type","expected":"string","received":"undefined","path":["message"],"message":"Required"}]',
  'Invalid arguments for tool get-sum: Invalid input: expected number, received string',
  'Invalid option: expected one of "a"|"b"',
  'Number must be greater than or equal to 1',
  // FastMCP with pydantic, and the low-level Python server with jsonschema
  "Error executing tool add: 1 validation error for addArguments\na\n  Input should be a valid integer, unable to parse string as an integer [type=int_parsing, input_value='x', input_type=str]",
  "Input validation error: 'timezone' is a required property",
  "5 is not of type 'string'",
  "Additional properties are not allowed ('x' was unexpected)",
  // Ajv
  'data/limit must be integer',
  "data must have required property 'a'",
  'data/kind must be equal to one of the allowed values',
  'data must NOT have additional properties',
  // serde, Go, Python
  'invalid type: string "5", expected i64 at line 1 column 10',
  'json: cannot unmarshal string into Go struct field Args.limit of type int',
  "search() got an unexpected keyword argument 'x'",
  // by hand
  'limit must be between 1 and 100',
  'query must not be empty',
  'Missing required parameter: path',
  'path is required',
  'Invalid argument: text',
  'TypeError: limit must be an integer',
])('%s: it is the shape', (text) => {
  expect(readErrorWords(text).kind).toBe('shape');
});

test.each([
  "ENOENT: no such file or directory, open '/tmp/x/a'",
  "EINVAL: invalid argument, mkdir '/tmp/x'",
  'Unknown timezone: "Mars/Olympus"',
  'Access denied - path outside allowed directories: /a not in /b',
  'Entity with name a not found',
  'API key is required',
  'Authentication is required',
  'Error: Unexpected token a in JSON at position 0',
  'timed out after 5000 ms',
  'something went wrong',
  '',
])('%s: it is something else', (text) => {
  expect(readErrorWords(text).kind).toBe('other');
});

test.each([
  [
    "Cannot read properties of undefined (reading 'length')",
    "Cannot read properties of undefined (reading 'length')",
  ],
  ['Error: args.items.map is not a function', 'args.items.map is not a function'],
  ["'NoneType' object is not subscriptable", "'NoneType' object"],
  [
    "'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed",
    "codec can't encode",
  ],
  ["KeyError: 'name'", 'KeyError'],
  ['panicked at src/main.rs:1:1: called `Option::unwrap()` on a `None` value', 'panicked at'],
  [
    'Output validation error: Tool x has an output schema but no structured content was provided',
    'Output validation error',
  ],
])('%s: nobody meant it to be read', (text, phrase) => {
  expect(readErrorWords(text)).toEqual({ kind: 'exception', phrase });
});

test('an error code says what the words leave open', () => {
  expect(readAnswer(error(-32602, 'no')).kind).toBe('refusal');
  expect(readAnswer(error(-32602, 'Unknown timezone: X')).kind).toBe('tool-error');
  expect(readAnswer(error(-32603, 'File not found'))).toMatchObject({
    kind: 'internal-error',
    phrase: undefined,
  });
  expect(readAnswer(error(-32000, 'busy'))).toMatchObject({ kind: 'protocol-error', code: -32000 });
  expect(readAnswer(error(-32000, 'a must be a string')).kind).toBe('refusal');
});

test('an isError beside words of exceptions is an internal error, and a result without it is a result', () => {
  const content = [{ type: 'text', text: 'x is not iterable' }];
  expect(readAnswer(result({ content, isError: true })).kind).toBe('internal-error');
  expect(readAnswer(result({ content })).kind).toBe('result');
  expect(readAnswer(result(null)).kind).toBe('result');
  expect(readAnswer({ kind: 'unanswered', waitedMs: 1 }).kind).toBe('none');
});

const line = { direction: 'received', text: '', atMs: 0 } as const;

function error(code: number, message: string): Parameters<typeof readAnswer>[0] {
  return { kind: 'error', error: { code, message }, line, tookMs: 1 };
}

function result(value: JsonValue): Parameters<typeof readAnswer>[0] {
  return { kind: 'result', result: value, line, tookMs: 1 };
}
