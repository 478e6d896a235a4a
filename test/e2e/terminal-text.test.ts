import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const isBuilt = existsSync('dist/src/cli/serve.js');
const server = resolve('test/fixtures/upstreams/steering.mjs');
const commands = {
  'mcpo-serve': 'dist/src/cli/serve.js',
  'mcpo-verify': 'dist/conformance/cli.js',
  'mcpo-bench': 'dist/bench/cli.js',
  'mcpo-docs': 'dist/src/cli/docs.js',
} as const;
/** What steers a terminal, or reorders or hides what is shown; colours and line breaks are ours. */
// oxlint-disable-next-line no-control-regex -- what is looked for
const steering = /(?!\u001b\[[\d;]*m)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: keyof typeof commands, words: readonly string[]): { stdout: string; stderr: string } {
  const script = resolve(commands[name]);
  return spawnSync(process.execPath, [script, ...words], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 50_000,
  });
}

/** The lines that would steer a terminal, and those that look like ours and are a server's. */
function findFaults(printed: string): readonly string[] {
  return printed
    .split(/\r?\n|\t/)
    .filter((line) => steering.test(line) || line.startsWith('mcpo-serve: all is well'));
}

describe.skipIf(!isBuilt)('texts of a server on a terminal (skipped without dist/: npm run build)', () => {
  test.each([
    ['mcpo-serve', 'refuse', ['--port', '0']],
    ['mcpo-serve', 'exit', ['--port', '0']],
    ['mcpo-verify', 'refuse', []],
    ['mcpo-verify', 'exit', []],
    ['mcpo-verify', 'serve', ['--max-time', '2s', '--no-save']],
    ['mcpo-bench', 'refuse', []],
    ['mcpo-bench', 'exit', []],
    ['mcpo-bench', 'serve', ['--users', '1', '--duration', '300ms']],
    ['mcpo-bench', 'serve', ['--users', '1', '--tool', 'none']],
    ['mcpo-docs', 'refuse', []],
    ['mcpo-docs', 'exit', []],
    ['mcpo-docs', 'serve', []],
  ] as const)('%s prints them without what would steer it (server: %s, %j)', (name, mode, words) => {
    const { stdout, stderr } = run(name, [...words, '--', process.execPath, server, mode]);
    const printed = stdout + stderr;
    expect(findFaults(printed)).toEqual([]);
    expect(printed).toMatch(mode === 'serve' ? /./ : /\\u\{?0*1b/);
  });

  test('mcpo-docs diff prints them without what would steer it', () => {
    const { stdout: document } = run('mcpo-serve', ['--print-openapi', '--', process.execPath, server]);
    writeFileSync(join(folder, 'before.json'), document);
    writeFileSync(join(folder, 'after.json'), document.replaceAll('"type": "string"', '"type": "integer"'));
    const { stdout: printed } = run('mcpo-docs', ['diff', 'before.json', 'after.json', '--fail-on', 'none']);
    expect(printed).toContain('breaking');
    expect(findFaults(printed)).toEqual([]);
  });

  const hasScript = spawnSync('script', ['--version']).status === 0;
  test.skipIf(!hasScript)('the log is plain on a terminal too (skipped without script)', () => {
    const command = `${process.execPath} ${resolve(commands['mcpo-serve'])} --port 0 --log-level debug -- ${process.execPath} ${server}`;
    const { stdout } = spawnSync('timeout', ['-s', 'TERM', '5', 'script', '-qefc', command, '/dev/null'], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect(stdout).toContain('Serving');
    expect(stdout).toContain('pwned');
    expect(findFaults(stdout)).toEqual([]);
  });
});
