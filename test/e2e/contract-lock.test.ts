import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'contract-lock-'));
const serve = join(process.cwd(), 'dist/src/cli/serve.js');
const looser = join(folder, 'looser.json');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: readonly string[]): Promise<Ended> {
  try {
    const ended = await promisify(execFile)('node', [serve, ...args], { timeout: 30_000 });
    return { code: 0, ...ended };
  } catch (error) {
    // execFile rejects with the streams and the exit code.
    return error as Ended;
  }
}

beforeAll(async () => {
  const { stdout } = await run('--print-openapi');
  // What was promised: a call without a timezone. What the server takes: none without.
  writeFileSync(looser, stdout.replaceAll(/"required": \[\s*"timezone"\s*\]/g, '"required": []'));
  writeFileSync(join(folder, 'same.json'), stdout);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('a server that breaks its committed contract is not started under refuse: exit 1, with what changed', async () => {
  const { code, stdout, stderr } = await run(
    '--contract',
    looser,
    '--contract-policy',
    'refuse',
    '--port',
    '0',
  );
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('no longer keep the committed contract');
  expect(stderr).toMatch(/\| breaking: get_current_time .*"timezone" becomes required/);
});

test('the document that is printed can be held to', async () => {
  const printed = await run(
    '--contract',
    join(folder, 'same.json'),
    '--contract-policy',
    'refuse',
    '--print-openapi',
  );
  expect([printed.code, printed.stderr]).toEqual([0, '']);
});

test.each([
  ['a file that is not there', 'missing.json', undefined, /cannot read the contract/],
  ['text that is no document', 'text.json', 'hello', /neither JSON nor YAML/],
  ['JSON that is no OpenAPI', 'other.json', '{"a":1}', /--print-openapi/],
  [
    'a document of others',
    'foreign.json',
    '{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/a":{"post":{"responses":{}}}}}',
    /--print-openapi/,
  ],
])('%s is a usage error in one line', async (_what, name, text, message) => {
  const path = join(folder, name);
  if (text !== undefined) writeFileSync(path, text);
  const { code, stderr } = await run('--contract', path);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
