import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runVerify, zoo, type EndedVerify } from '../fixtures/verify-process.ts';
import { parseXml } from '../unit/conformance/reporters/parse-xml.ts';

let folder: string;
let ended: EndedVerify;
let summary: string;

/** A server with a finding, in every format, in a step of a GitHub workflow. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-report-'));
  summary = join(folder, 'summary.md');
  writeFileSync(summary, '');
  const files = ['json', 'ndjson', 'junit', 'html', 'markdown', 'text'].map((format) => [
    '--report',
    `${format}=${join(folder, format)}`,
  ]);
  const server = [...zoo, 'unknown method answered'];
  ended = await runVerify(
    ['--checks', 'wire/unknown-method,wire/ping', '--max-examples', '3', ...files.flat(), '--', ...server],
    { cwd: folder, env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary } },
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

test('every report tells the finding', () => {
  expect(ended).toMatchObject({ code: 1, stderr: '' });
  for (const format of ['json', 'ndjson', 'junit', 'html', 'markdown', 'text']) {
    expect(read(format)).toContain('An unknown method is not refused as one');
  }
});

test('the json report satisfies the schema that --json-schema prints', async () => {
  const { code, stdout } = await runVerify(['--json-schema']);
  expect(code).toBe(0);
  const ajv = new Ajv2020({ allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(stdout));
  validate(JSON.parse(read('json')));
  expect(validate.errors).toBeNull();
});

test('the JUnit report counts the finding as a failure', () => {
  expect(parseXml(read('junit')).attributes).toMatchObject({ failures: '1', errors: '0' });
});

test('in a GitHub workflow the finding is an annotation, after all that others wrote, and in the summary', () => {
  const lines = ended.stdout.trimEnd().split('\n');
  const token = /^::stop-commands::(.+)$/.exec(lines[0] ?? '')?.[1];
  const at = lines.indexOf(`::${token}::`);
  expect(lines.slice(at + 1)).toEqual([
    expect.stringMatching(
      /^::error title=wire\/unknown-method%3A An unknown method is not refused as one::zoo /,
    ),
  ]);
  expect(lines[at - 1]).toMatch(/^\d+ requests in /);
  expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ mcpo-verify: 1 error/);
});

test('with --no-github nothing is said to GitHub', async () => {
  writeFileSync(summary, '');
  const { stdout } = await runVerify(['--checks', 'wire/ping', '--no-github', '--', ...zoo], {
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
  });
  expect(stdout).not.toMatch(/^::/m);
  expect(readFileSync(summary, 'utf8')).toBe('');
});

test('where JSON goes to stdout, what GitHub reads goes to stderr', async () => {
  const { stdout, stderr } = await runVerify(['--checks', 'wire/ping', '--report', 'json=-', '--', ...zoo], {
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '' },
  });
  expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  expect(stderr).toMatch(/^::stop-commands::/);
});

test('a report that cannot be written ends the command before anything is tried', async () => {
  const path = join(folder, 'none', 'report.html');
  const { code, stderr, stdout } = await runVerify(['--report', `html=${path}`, '--', ...zoo]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`--report: cannot write ${path}`);
});

test('the page names no other address than those of specifications', () => {
  const addresses = read('html').match(/\b(?:src|href|action)="[^"]*"/g) ?? [];
  expect(
    addresses.filter(
      (text) => !/^href="(?:#|https:\/\/(?:modelcontextprotocol\.io|www\.jsonrpc\.org)\/)/.test(text),
    ),
  ).toEqual([]);
});

function read(format: string): string {
  return readFileSync(join(folder, format), 'utf8');
}
