import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runVerify, zoo } from '../fixtures/verify-process.ts';

let root = '';
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the settings of the current directory count, unless they are not wanted', async () => {
  const cwd = newFolder({
    include: ['digest', 'echo'],
    checks: ['wire/ping'],
    phases: [],
    tools: { digest: { skip: 'it is slow' } },
  });
  const settled = await runVerify(['--', ...zoo], { cwd });
  expect(settled.stdout).toContain('1 because your settings skip it: it is slow: digest');
  expect(settled.stdout).toContain('1 passed');
  const unsettled = await runVerify(
    [
      '--no-settings',
      '--include',
      'echo',
      '--checks',
      'wire/ping,wire/id-echoed',
      '--phases',
      'coverage',
      '--max-examples',
      '1',
      '--',
      ...zoo,
    ],
    { cwd },
  );
  expect(unsettled.stdout).not.toContain('it is slow');
  expect(unsettled.stdout).toContain('2 passed');
});

test('mistakes in the settings end with exit code 2, before anything is started', async () => {
  const cwd = newFolder({ callz: 'all', checks: 'wire' });
  const { code, stdout, stderr } = await runVerify(['--', ...zoo], { cwd });
  expect(stderr).toContain("2 mistakes in 'mcpo-verify.config.json'");
  expect(stderr).toContain("mcpo-verify.config.json:2:3: unknown key 'callz'; did you mean 'calls'?");
  expect(stderr).toContain("mcpo-verify.config.json:3:13: 'checks' must be a list, not text");
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('a tool gets the arguments of the settings', async () => {
  const cwd = newFolder({
    include: ['add'],
    phases: ['coverage'],
    checks: ['wire/line-is-message'],
    tools: { 'ad?': { arguments: { b: 35 }, examples: [{ a: 7, b: 1 }] } },
    report: ['json=report.json'],
  });
  const { code } = await runVerify(['--', ...zoo, 'log line on stdout in one call'], { cwd });
  expect(code).toBe(1);
  const report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')) as unknown;
  expect(report).toMatchObject({
    runs: [{ findings: [{ lines: [{ text: expect.stringContaining(given) as unknown }] }] }],
  });
});

const given = 'adding { a: 7, b: 35 }';

test('a baseline is written, and lets known findings pass, but no others', async () => {
  const cwd = newFolder(quick);
  const missing = await runVerify(['--', ...zoo], { cwd });
  expect(missing.stderr).toContain("there is no baseline 'known.json'; --update-baseline writes it");
  expect(missing.code).toBe(2);
  const spoiled = ['--', ...zoo, 'unknown method answered'];
  const written = await runVerify(['--update-baseline', ...spoiled], { cwd });
  expect(written.stderr).toContain('known.json holds 1 finding: 1 new, 0 gone');
  expect(written.code).toBe(0);
  expect(JSON.parse(readFileSync(join(cwd, 'known.json'), 'utf8'))).toEqual({
    version: 1,
    findings: [
      {
        id: expect.stringMatching(/^[0-9a-f]{12}$/) as unknown,
        check: 'wire/unknown-method',
        title: 'An unknown method is not refused as one',
      },
    ],
  });
  const known = await runVerify(spoiled, { cwd });
  expect(known.stdout).toContain('known error: An unknown method is not refused as one');
  expect(known.stdout).toContain('Baseline: 1 known, 0 gone');
  expect(known.code).toBe(0);
  expect((await runVerify(['--', ...zoo, 'pong in words'], { cwd })).code).toBe(1);
});

test('a known finding that is gone fails until the baseline is updated, where it was looked for', async () => {
  const cwd = newFolder(quick);
  const gone = { id: '0123456789ab', check: 'wire/unknown-method', title: 'An unknown method is answered' };
  writeFileSync(join(cwd, 'known.json'), JSON.stringify({ version: 1, findings: [gone] }));
  const mended = await runVerify(['--', ...zoo], { cwd });
  expect(mended.stdout).toContain(
    'In the baseline, but not seen any more:\n  0123456789ab wire/unknown-method:',
  );
  expect(mended.stdout).toContain('--update-baseline');
  expect(mended.code).toBe(1);
  expect((await runVerify(['--checks', 'wire/ping', '--', ...zoo], { cwd })).code).toBe(0);
  const updated = await runVerify(['--update-baseline', '--', ...zoo], { cwd });
  expect(updated.stderr).toContain('known.json holds no findings: 0 new, 1 gone');
  expect(updated.code).toBe(0);
});

/** What takes little time. */
const quick = {
  include: ['echo'],
  checks: ['wire/unknown-method', 'wire/ping'],
  phases: [],
  baseline: 'known.json',
};

test('--update-baseline needs to know which', async () => {
  const { code, stderr } = await runVerify(['--update-baseline', '--', ...zoo], { cwd: newFolder({}) });
  expect(stderr).toContain('--update-baseline needs to know which: --baseline <file>');
  expect(code).toBe(2);
});

function newFolder(settings: object): string {
  count += 1;
  const folder = join(root, `run-${count}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'mcpo-verify.config.json'), JSON.stringify(settings, undefined, 2));
  return folder;
}
