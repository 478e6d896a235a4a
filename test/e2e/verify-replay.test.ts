import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SavedFinding } from '../../conformance/saved/saved-finding.ts';
import { runVerify, zoo } from '../fixtures/verify-process.ts';

let root = '';
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'replay-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a call that the fuzzing found is replayed by its id, and no more once the server is mended', async () => {
  const cwd = newFolder();
  const words = [
    '--include',
    'price',
    '--checks',
    'negative/rejected',
    '--phases',
    'negative',
    '--seed',
    '4',
  ];
  const found = await runVerify([...words, '--', ...zoo, 'nested required not enforced'], { cwd });
  expect(found.code).toBe(1);
  const [saved] = savedIn(cwd);
  expect(saved?.finding).toMatchObject({ check: 'negative/rejected', call: { phase: 'negative' } });
  const id = saved?.finding.id ?? '';
  expect(found.stdout).toContain(`replay:    mcpo-verify replay ${id}\n`);
  expect(found.stdout).toMatch(
    /elsewhere: mcpo-verify --seed 4 --checks negative\/rejected .*--phases negative /,
  );
  const there = await runVerify(['replay', id], { cwd });
  expect(there.stdout).toContain(saved?.finding.title);
  expect(there.stdout).toContain(JSON.stringify(saved?.finding.arguments));
  expect(there.stdout).toMatch(/\nStill there\.\n$/);
  expect(there.code).toBe(1);
  const mended = await runVerify(['replay', `.mcpo-verify/${id}.json`, '--', ...zoo], { cwd });
  expect(mended.stdout).toContain(saved?.finding.title);
  expect(mended.stdout).toMatch(/\nNot seen any more in 3 tries\.\n$/);
  expect(mended.code).toBe(0);
});

test('a crash, and what a check of its own found, are replayed from elsewhere, as the server was started', async () => {
  const cwd = newFolder();
  // Relative to where it was started from.
  writeFileSync(join(cwd, 'server.mjs'), `import ${JSON.stringify(zoo[1])};\n`);
  const words = [
    '--include',
    'echo',
    '--checks',
    'wire/server-stays,wire/unknown-method',
    '--phases',
    'coverage',
  ];
  const crash = ['--', 'node', './server.mjs', 'exit on an astral character'];
  const method = ['--', 'node', './server.mjs', 'unknown method answered'];
  expect((await runVerify([...words, ...crash], { cwd })).code).toBe(1);
  expect((await runVerify([...words, ...method], { cwd })).code).toBe(1);
  const found = savedIn(cwd).map(({ finding }) => finding.check);
  expect(found.toSorted()).toEqual(['wire/server-stays', 'wire/unknown-method']);
  for (const { finding } of savedIn(cwd)) {
    const path = join(cwd, '.mcpo-verify', `${finding.id}.json`);
    const { code, stdout } = await runVerify(['replay', path], { cwd: root });
    expect(stdout).toContain(finding.title);
    expect(stdout).toContain('Still there.');
    expect(code).toBe(1);
  }
});

test('values of the environment are not saved, and are asked for again', async () => {
  const cwd = newFolder();
  const secret = 'correct-horse-battery';
  const found = await runVerify(
    [
      '--checks',
      'wire/ping',
      '--phases',
      'coverage',
      '--env',
      `ZOO_KEY=${secret}`,
      '--',
      ...zoo,
      'pong in words',
    ],
    { cwd },
  );
  expect(found.stdout).not.toContain(secret);
  const [saved] = savedIn(cwd);
  expect(saved?.target.env).toEqual(['ZOO_KEY']);
  const id = saved?.finding.id ?? '';
  const path = join(cwd, '.mcpo-verify', `${id}.json`);
  expect(readFileSync(path, 'utf8')).not.toContain(secret);
  const bare = await runVerify(['replay', id], { cwd });
  expect(bare.stderr).toContain('give them again: --env ZOO_KEY=…');
  expect(bare.code).toBe(2);
  expect((await runVerify(['replay', '--env', `ZOO_KEY=${secret}`, id], { cwd })).code).toBe(1);
  expect((await runVerify(['replay', id], { cwd, env: { ZOO_KEY: secret } })).code).toBe(1);
});

test('findings go where they are wanted, or nowhere', async () => {
  const cwd = newFolder();
  const words = ['--include', 'echo', '--checks', 'wire/ping', '--phases', 'coverage'];
  const server = ['--', ...zoo, 'pong in words'];
  await runVerify([...words, '--no-save', ...server], { cwd });
  expect(readdirSync(cwd)).toEqual([]);
  const { stdout } = await runVerify([...words, '--save-dir', 'out/found', ...server], { cwd });
  expect(existsSync(join(cwd, '.mcpo-verify'))).toBe(false);
  const replay = /replay: +mcpo-verify (replay out\/found\/[0-9a-f]{12}\.json)\n/.exec(stdout)?.[1] ?? '';
  expect((await runVerify(replay.split(' '), { cwd })).code).toBe(1);
});

test.each([
  [
    'an unknown id',
    ['replay', '0badcafe0000'],
    "'0badcafe0000' is no file, and .mcpo-verify holds no finding",
  ],
  ['no id', ['replay'], "missing required argument 'file|id'"],
  ['a file of something else', ['replay', 'package.json'], 'package.json is no finding'],
])('%s gives exit code 2 and says why', async (_case, words, reason) => {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'package.json'), '{}');
  const { code, stderr } = await runVerify(words, { cwd });
  expect(stderr).toContain(reason);
  expect(code).toBe(2);
});

test('a server that does not start any more gives exit code 2', async () => {
  const cwd = newFolder();
  const words = [
    '--include',
    'echo',
    '--checks',
    'wire/ping',
    '--phases',
    'coverage',
    '--',
    ...zoo,
    'pong in words',
  ];
  await runVerify(words, { cwd });
  const id = savedIn(cwd)[0]?.finding.id ?? '';
  const { code, stderr } = await runVerify(['replay', id, '--', 'no-such-server'], { cwd });
  expect(stderr).toContain('command not found: no-such-server');
  expect(code).toBe(2);
});

function newFolder(): string {
  count += 1;
  const folder = join(root, `run-${count}`);
  mkdirSync(folder);
  return folder;
}

function savedIn(cwd: string): readonly SavedFinding[] {
  const folder = join(cwd, '.mcpo-verify');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as SavedFinding); // written by this package
}
