import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError, readCheckedFile, type JsonObject } from '../../../../src/index.ts';

const schema: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: { seed: { type: 'integer', minimum: 0 }, names: { type: 'array', items: { type: 'string' } } },
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'checked-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('JSON with comments and YAML say the same, and where it stands', () => {
  const json = write('a.json', '{\n  // chosen by dice\n  "seed": 4,\n  "names": ["x"],\n}\n');
  const yaml = write('a.yaml', 'seed: 4 # chosen by dice\nnames:\n  - x\n');
  expect(readCheckedFile(json, schema).value).toEqual({ seed: 4, names: ['x'] });
  expect(readCheckedFile(yaml, schema).value).toEqual({ seed: 4, names: ['x'] });
  expect(readCheckedFile(json, schema).placeOf('/names/0')).toBe(`${json}:4:13`);
  expect(readCheckedFile(yaml, schema).placeOf('/names/0')).toBe(`${yaml}:3:5`);
});

test.each([
  ['an unknown key and a wrong value', '{ "sead": 1, "seed": -1 }', ['1:3: unknown key', '1:22: ']],
  ['a key that is there twice', '{ "seed": 1, "seed": 2 }', ["1:14: 'seed' is there twice"]],
  ['broken syntax', '{ "seed": }', ['1:11: ']],
  ['nothing', '  // nothing\n', ['1:1: the file is empty']],
])('%s is told with its place', (_case, text, starts) => {
  const path = write('wrong.json', text);
  const problems = problemsOf(path);
  expect(problems).toHaveLength(starts.length);
  starts.forEach((start, at) => expect(problems[at]).toContain(`${path}:${start}`));
});

test('a file that is not there is told of', () => {
  expect(problemsOf(join(folder, 'none.json'))).toEqual([expect.stringContaining('ENOENT')]);
});

function problemsOf(path: string): readonly string[] {
  try {
    readCheckedFile(path, schema);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
