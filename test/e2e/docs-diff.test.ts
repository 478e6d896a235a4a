import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildDocument } from '../../src/contract/document/build-document.ts';
import { canonicalize } from '../../src/contract/canonicalize.ts';
import { toYaml } from '../../src/contract/yaml.ts';

const bin = 'dist/src/cli/docs.js';
let folder = '';

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', timeout: 30_000 });
}

function tryLevels(old: string, next: string): readonly (number | null)[] {
  return ['breaking', 'unknown', 'compatible', 'editorial', 'none'].map(
    (level) => run('diff', '--fail-on', level, old, next).status,
  );
}

function documentOf(a: object) {
  const inputSchema = { type: 'object', properties: { a }, required: ['a'] };
  return buildDocument({ sources: [{ server: '', tools: [{ name: 'echo', inputSchema }] }] }).document;
}

describe.skipIf(!existsSync(bin))('mcpo-docs diff, built (skipped without dist/: npm run build)', () => {
  let [old, narrower, wider, vaguer, yaml] = ['', '', '', '', ''];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'docs-diff-'));
    old = write('old.json', canonicalize(documentOf({ type: 'string' })).json);
    narrower = write('narrower.json', canonicalize(documentOf({ type: 'string', minLength: 1 })).json);
    wider = write('wider.json', canonicalize(documentOf({ type: ['string', 'null'] })).json);
    vaguer = write('vaguer.json', canonicalize(documentOf({ type: 'string', not: { pattern: 'a' } })).json);
    yaml = write('old.yaml', toYaml(documentOf({ type: 'string' })));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('the same contract: exit 0, in JSON and YAML alike', () => {
    expect(run('diff', old, yaml)).toMatchObject({ status: 0, stdout: 'Summary: no changes\n', stderr: '' });
  });

  test('a broken contract: exit 1, and what breaks', () => {
    const { status, stdout, stderr } = run('diff', old, narrower);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('  breaking   input /properties/a/minLength\n             minLength: 0 → 1\n');
  });

  test('--fail-on decides from which severity on it fails (MAP-98)', () => {
    expect(tryLevels(old, narrower)).toEqual([1, 1, 1, 1, 0]);
    expect(tryLevels(old, vaguer)).toEqual([0, 1, 1, 1, 0]);
    expect(tryLevels(old, wider)).toEqual([0, 0, 1, 1, 0]);
  });

  test('--format json and markdown', () => {
    expect(JSON.parse(run('diff', '--format', 'json', old, wider).stdout)).toMatchObject({
      summary: { breaking: 0, unknown: 0, compatible: 1 },
    });
    expect(run('diff', '--format', 'markdown', old, wider).stdout).toMatch(
      /^## Contract changes: 1 compatible/,
    );
  });

  test('--format html --out writes a page, and the exit code stays', () => {
    const out = join(folder, 'changes.html');
    const done = run('diff', '--format', 'html', '--out', out, old, narrower);
    expect(done).toMatchObject({ status: 1, stdout: '', stderr: '' });
    expect(readFileSync(out, 'utf8')).toMatch(/^<!doctype html>[^]*<h1>Contract changes: 1 breaking<\/h1>/);
  });

  test.each<readonly [string, () => readonly string[], string]>([
    ['no folder to write to', () => ['diff', '--out', join(folder, 'none/x'), old, old], '--out: '],
    ['a file that is not there', () => ['diff', old, 'gone.json'], 'gone.json does not exist; name a file'],
    ['a folder', () => ['diff', old, folder], 'cannot be read (EISDIR); name a file'],
    ['no JSON', () => ['diff', old, write('a.json', '{')], 'is not JSON'],
    ['no YAML', () => ['diff', old, write('a.yaml', 'a: [')], 'is not YAML'],
    ['no OpenAPI', () => ['diff', old, write('b.json', '{}')], 'is no OpenAPI 3.x document; name'],
    [
      'Swagger 2',
      () => ['diff', old, write('c.json', '{"swagger":"2.0"}')],
      'is no OpenAPI 3.x document; name',
    ],
    [
      'a bottomless file',
      () => [
        'diff',
        old,
        write('d.json', `{"openapi":"3.1.0","x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
      ],
      'levels deep; move',
    ],
    ['one file', () => ['diff', old], "missing required argument 'new'"],
    ['three files', () => ['diff', old, old, old], 'too many arguments'],
    ['a level there is not', () => ['diff', '--fail-on', 'all', old, old], '--fail-on: '],
    ['a command there is not', () => ['dif', old, old], "unknown command 'dif'"],
  ])('%s: exit 2, and one line that says what to do', (_title, args, message) => {
    const { status, stdout, stderr } = run(...args());
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^mcpo-docs: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });

  test('--help has an example, of the command and of diff', () => {
    const [command, diff] = [run('--help'), run('diff', '--help')];
    expect(command).toMatchObject({ status: 0, stderr: '' });
    expect(command.stdout).toContain('diff [options] <old> <new>');
    expect(diff).toMatchObject({ status: 0, stderr: '' });
    expect(diff.stdout).toContain('mcpo-docs diff openapi.json new.json');
  });
});
