import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { requireVariables, resolveVariables } from '../../../src/config/env-file.ts';
import { UsageError } from '../../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcpo-env-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const envPath = join(folder, '.env');

function resolve(
  text: string,
  profile: 'default' | 'mcpo',
  { env = {}, assignments = {} }: { env?: Record<string, string>; assignments?: Record<string, string> } = {},
): ReturnType<typeof resolveVariables> {
  writeFileSync(envPath, text);
  return resolveVariables({ envPath, assignments }, { env, profile });
}

test('what the file says wins over the process, and the command line over both', () => {
  const from = { env: { A: 'process', P: 'process' }, assignments: { B: 'line' } };
  expect(resolve('A=file\nB=file\nC=${A}-${B}-${P}', 'default', from).values).toEqual({
    A: 'file',
    B: 'line',
    C: 'file-file-process',
  });
});

test('in the place of mcpo, variables that the process has win over the file (COMPAT-14)', () => {
  const from = { env: { A: 'process', E: '' }, assignments: { B: 'line' } };
  expect(resolve('A=file\nB=file\nE=file\nC=${A}-${B}\nD=${C}', 'mcpo', from).values).toEqual({
    B: 'line',
    C: 'process-line',
    D: 'process-line',
  });
});

test('lines that are no assignments are problems with file and line, which repeat nothing', () => {
  const { problems, warnings } = resolve('A=1\nBAD LINE\n\nsecret', 'default');
  expect(problems).toEqual([
    `${envPath}:2: this is no KEY=value; mend it, or write # before a comment`,
    `${envPath}:4: this is no KEY=value; mend it, or write # before a comment`,
  ]);
  expect(warnings).toEqual([]);
  expect(() => requireVariables({ envPath, assignments: {} }, { env: {}, profile: 'default' })).toThrow(
    `2 mistakes in '${envPath}'`,
  );
});

test('in the place of mcpo, such lines are warnings (COMPAT-13)', () => {
  const { values, problems, warnings } = resolve('A=1\nBAD LINE\nB=2', 'mcpo');
  expect([values, problems]).toEqual([{ A: '1', B: '2' }, []]);
  expect(warnings).toEqual([
    `${envPath}:2: this is no KEY=value; mend it, or write # before a comment (ignored)`,
  ]);
});

test.each([
  ['that is not there', join(folder, 'none'), 'ENOENT'],
  ['that is a folder', folder, 'EISDIR'],
])('a file %s is a usage error that names it and why', (_what, path, why) => {
  const read = (): unknown =>
    requireVariables({ envPath: path, assignments: {} }, { env: {}, profile: 'mcpo' });
  expect(read).toThrow(UsageError);
  expect(read).toThrow(`cannot read the file '${path}' given with --env-path (${why})`);
});
