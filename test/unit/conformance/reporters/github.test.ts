import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGithub } from '../../../../conformance/cli/open-github.ts';
import type { VerifyEvent } from '../../../../conformance/events.ts';
import { createGithubReporter } from '../../../../conformance/reporters/github.ts';
import { events, findings } from './event-fixture.ts';
import { render } from './render.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'github-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('workflow commands are off while others write, and on again for the annotations', () => {
  const lines = renderLines(events);
  expect(lines.slice(0, 2)).toEqual(['::stop-commands::secret', '::secret::']);
  expect(lines.slice(2).every((line) => /^::(?:error|warning) title=[^,:]+::/.test(line))).toBe(true);
});

test('findings are annotations of their severity, but for flaky and known ones', () => {
  const lines = renderLines(events).slice(2);
  expect(lines.map((line) => /^::(\w+) title=(.{10})/.exec(line)?.slice(1))).toEqual([
    ['error', 'behaviour/'],
    ['error', 'The baseli'],
    ['error', 'no-such-se'],
    ['warning', 'negative/r'],
  ]);
});

test('an annotation is one line, with line breaks, percents, colons and commas escaped', () => {
  const finding = { ...findings[0]!, title: 'a: b, 100%', tool: 't\r\nu', expected: '50%\n', isFlaky: false };
  const [, , line] = renderLines([...events.slice(0, 2), { kind: 'finding', finding }]);
  expect(line).toMatch(/^::error title=behaviour\/idempotent%3A a%3A b%2C 100%25::first 1\.0\.0, t/);
  expect(line).toContain(String.raw`t\u000d%0Au%0Aexpected: 50%25\u000a%0Aseen: `);
});

test('no more annotations are made than GitHub shows, and the last one says how many there are', () => {
  const many = Array.from({ length: 25 }, (): VerifyEvent => ({ kind: 'finding', finding: findings[0]! }));
  const lines = renderLines([...events.slice(0, 2), ...many]).slice(2);
  expect(lines).toHaveLength(10);
  expect(lines[9]).toContain('16 more');
});

test('the report is added to the summary of the step, within what is left of its limit', () => {
  const path = join(folder, 'summary.md');
  writeFileSync(path, '# Before\n');
  render((write) => openGithub({ GITHUB_STEP_SUMMARY: path }, write));
  expect(readFileSync(path, 'utf8')).toMatch(/^# Before\n## ❌ mcpo-verify: 1 error/);
  appendFileSync(path, 'x'.repeat(1024 * 1024 - 40_000 - readFileSync(path).length));
  const many = Array.from({ length: 100 }, (): VerifyEvent => ({ kind: 'finding', finding: findings[0]! }));
  render((write) => openGithub({ GITHUB_STEP_SUMMARY: path }, write), [...events.slice(0, 2), ...many]);
  expect(readFileSync(path).length).toBeLessThan(1024 * 1024);
  expect(readFileSync(path, 'utf8')).toContain('more findings have no room');
});

test('without a summary to write to, there are annotations alone', () => {
  expect(render((write) => openGithub({}, write))).toMatch(/^::stop-commands::[\w-]{36}\n/);
});

test('when nothing was run, nothing is written', () => {
  expect(renderLines([])).toEqual(['']);
});

function renderLines(of: readonly VerifyEvent[]): readonly string[] {
  return render((write) => createGithubReporter(write, { token: 'secret', summary: undefined }), of)
    .replace(/\n$/, '')
    .split('\n');
}
