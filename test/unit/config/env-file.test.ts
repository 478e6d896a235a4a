import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvFile } from '../../../src/config/env-file.ts';
import { UsageError } from '../../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcpo-env-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): Readonly<Record<string, string>> {
  const path = join(folder, '.env');
  writeFileSync(path, text);
  return readEnvFile(path);
}

test('lines, quotes, comments and several lines in quotes', () => {
  const text = '# a comment\nA=1\n\nB="two words" # why\nC=\'#no comment\'\nD="one\ntwo"\nexport E=5\nF=\n';
  expect(read(text)).toEqual({ A: '1', B: 'two words', C: '#no comment', D: 'one\ntwo', E: '5', F: '' });
});

test('an empty file is no variables', () => expect(read('')).toEqual({}));

test.each([
  ['that is not there', join(folder, 'none'), 'ENOENT'],
  ['that is a folder', folder, 'EISDIR'],
])('a file %s is a usage error that names it and why', (_what, path, why) => {
  expect(() => readEnvFile(path)).toThrow(UsageError);
  expect(() => readEnvFile(path)).toThrow(`cannot read the file '${path}' given with --env-path (${why})`);
});
