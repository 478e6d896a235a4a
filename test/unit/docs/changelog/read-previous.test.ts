import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../../../src/errors.ts';
import { readPrevious } from '../../../../src/docs/changelog/read-previous.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'previous-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const json = (version: string): string =>
  JSON.stringify({ openapi: '3.1.1', info: { title: 'a', version }, paths: {} });

test('the oldest comes first, server by server, in JSON and YAML alike', () => {
  write('v1.10.json', json('1.10'));
  write('v1.9.yaml', 'openapi: 3.1.1\ninfo: { title: a, version: "1.9" }\npaths: {}\n');
  write('time/2026-10-01.yml', 'openapi: 3.0.3\ninfo: { title: a, version: "1" }\npaths: {}\n');
  write('files/2026-02-01.json', `\uFEFF${json('2')}`);
  expect(readPrevious(folder).map(({ server, name }) => [server, name])).toEqual([
    ['', 'v1.9'],
    ['', 'v1.10'],
    ['files', '2026-02-01'],
    ['time', '2026-10-01'],
  ]);
  expect(JSON.parse(readPrevious(folder)[0]?.json ?? '')).toMatchObject({ info: { version: '1.9' } });
});

test('other files, hidden ones and an empty folder are no history', () => {
  write('README.md', 'words');
  write('.hidden.json', 'no JSON');
  write('.git/x.json', 'no JSON');
  expect(readPrevious(folder)).toEqual([]);
});

test.each([
  ['bad.json', '{', /bad\.json is not JSON: .*; mend it, or name it \.yaml/],
  ['bad.yaml', 'a: [', /bad\.yaml is not YAML: .*; mend it/],
  ['server/list.json', '[]', /server\/list\.json is no OpenAPI 3\.x document/],
  ['old.json', '{"swagger":"2.0"}', /old\.json is no OpenAPI 3\.x document/],
])('%s is named with what is wrong with it', (path, text, message) => {
  write('v1.json', json('1'));
  write(path, text);
  expect(() => readPrevious(folder)).toThrow(UsageError);
  expect(() => readPrevious(folder)).toThrow(message);
});

test('two files for one version are refused', () => {
  write('v1.json', json('1'));
  write('v1.yaml', json('1'));
  expect(() => readPrevious(folder)).toThrow(/v1\.json and v1\.yaml are both 'v1'; keep one of them/);
});

test('a folder that is none is named', () => {
  expect(() => readPrevious(join(folder, 'none'))).toThrow(
    /none does not exist; name a folder with earlier OpenAPI documents/,
  );
  write('file', '');
  expect(() => readPrevious(join(folder, 'file'))).toThrow(/file is no folder/);
});

test('of many documents, the newest are kept', () => {
  for (let count = 1; count <= 203; count++) write(`v${count}.json`, json(String(count)));
  const names = readPrevious(folder).map(({ name }) => name);
  expect([names.length, names[0], names.at(-1)]).toEqual([200, 'v4', 'v203']);
});
