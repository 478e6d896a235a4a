import { expect, test } from 'vitest';
import { coercion } from '../../../../conformance/checks/coercion.ts';
import { noLeak } from '../../../../conformance/checks/no-leak.ts';
import { rejected } from '../../../../conformance/checks/rejected.ts';
import { breaking, failing, judge, saying } from './judged-call.ts';

test('silence about an invalid call is a finding, named by the keyword and placed by the pointer', () => {
  const found = judge(rejected, { intent: breaking('maximum'), what: 'is 101', result: saying('ok') });
  expect(found).toMatchObject([{ variant: 'maximum', place: '/properties/a', severity: 'error' }]);
});

test.each(['format', 'additionalProperties', 'unevaluatedProperties', 'uniqueItems'])(
  'what violates "%s" and is accepted is a warning',
  (keyword) => {
    expect(judge(rejected, { intent: breaking(keyword), result: saying('') })).toMatchObject([
      { severity: 'warning' },
    ]);
  },
);

test.each([
  ['a refusal', { result: failing('a must be a string') }],
  ['an error of the tool', { result: failing("ENOENT: no such file or directory, open 'x'") }],
  ['-32602', { error: { code: -32602, message: 'no' } }],
  ['another code', { error: { code: -32000, message: 'no' } }],
  ['an internal error in words', { error: { code: -32603, message: 'Invalid arguments: a' } }],
])('%s counts as rejected', (_what, answer) => {
  expect(judge(rejected, { intent: breaking('type'), ...answer })).toEqual([]);
});

test('an exception that happens to stop an invalid call is a warning', () => {
  const result = failing('args.a.map is not a function');
  expect(judge(rejected, { intent: breaking('type'), result })).toMatchObject([
    { variant: 'accident', severity: 'warning' },
  ]);
});

test('a value of another type that is read as the right one is a finding of one check alone', () => {
  const call = { intent: breaking('type', true), result: saying('5') };
  expect(judge(rejected, call)).toEqual([]);
  expect(judge(coercion, call)).toMatchObject([{ variant: 'type', place: '/properties/a' }]);
  expect(judge(coercion, { ...call, intent: breaking('type') })).toEqual([]);
  expect(judge(coercion, { ...call, result: failing('no') })).toEqual([]);
});

test.each([
  ['Error: no\n    at run (/srv/app/x.js:10:5)', 'stack trace'],
  ['Error: no\n    at async file:///srv/app/x.mjs:10:5', 'stack trace'],
  ['Error: no\n    at Object.<anonymous> (C:\\app\\x.js:10:5)', 'stack trace'],
  ['Traceback (most recent call last):\n  File "/usr/lib/python3/a.py", line 3, in f', 'stack trace'],
  ['java.lang.X: no\n\tat com.example.A.run(A.java:10)', 'stack trace'],
  ["thread 'main' panicked at src/main.rs:10:5:", 'stack trace'],
  ['failed: /opt/zoo/node_modules/a/index.cjs', 'path'],
  ['cannot load /usr/lib/python3.12/site-packages/tz/Mars', 'path'],
  ['no answer from postgres://zoo:correcthorse@db/x', 'a password in a URL'],
  ['401 for Bearer abcdefghijklmnopqrstuvwxyz', 'a bearer token'],
])('%j leaks', (text, variant) => {
  expect(judge(noLeak, { result: failing(text) })).toMatchObject([{ variant }]);
  expect(judge(noLeak, { error: { code: 1, message: 'no', data: { text } } })).toMatchObject([{ variant }]);
});

test.each([
  'Access denied - path outside allowed directories: /home/me/a not in /home/me/docs',
  "ENOENT: no such file or directory, open '/tmp/x/a.js'",
  'meet me at (12:30)',
  'see https://example.com/usr/lib for more',
  'token=***',
  'arguments at /properties/a must be a string',
])('%j leaks nothing', (text) => {
  expect(judge(noLeak, { result: failing(text) })).toEqual([]);
});

test('what the caller sent may be repeated, and a result may hold anything', () => {
  const a = '/usr/lib/node_modules/x.js';
  expect(judge(noLeak, { arguments: { a }, result: failing(`cannot read ${a}`) })).toEqual([]);
  expect(judge(noLeak, { result: saying('at run (/srv/app/x.js:10:5)') })).toEqual([]);
});

test('a secret is kept out of the report', () => {
  const text = 'no answer from postgres://zoo:correcthorse@db/x';
  expect(JSON.stringify(judge(noLeak, { result: failing(text) }))).not.toContain('correcthorse');
});
