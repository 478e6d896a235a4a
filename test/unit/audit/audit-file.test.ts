import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AuditFile, type AuditFileSettings } from '../../../src/audit/audit-file.ts';

interface Rig {
  readonly file: AuditFile;
  readonly folder: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly clock: { now: number };
  readonly read: (name?: string) => string;
}

async function openFile(more: Partial<AuditFileSettings> = {}, before?: string): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'audit.log');
  if (before !== undefined) writeFileSync(path, before);
  const clock = { now: Date.now() };
  const file = new AuditFile({ path, maxSizeBytes: 1_000, maxFiles: 2, ...more }, () => clock.now);
  await file.open();
  onTestFinished(async () => await file.close());
  return {
    file,
    folder,
    path,
    clock,
    read: (name = 'audit.log') => readFileSync(join(folder, name), 'utf8'),
  };
}

describe('the file', () => {
  test('is made for its owner alone, and added to (AUDIT-05)', async () => {
    const { file, path, read } = await openFile();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await file.write('one\ntwo\n')).toEqual({ lines: 2 });
    expect(await file.write('three\n')).toEqual({ lines: 1 });
    expect(read()).toBe('one\ntwo\nthree\n');
  });

  test('that is there is added to, and keeps its mode (AUDIT-05)', async () => {
    const { file, path, read } = await openFile({}, 'before\n');
    chmodSync(path, 0o640);
    await file.write('after\n');
    expect(read()).toBe('before\nafter\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('is moved away before it is too large; the oldest goes (AUDIT-06)', async () => {
    const { file, folder, read } = await openFile({ maxSizeBytes: 10 });
    for (const line of ['11111\n', '22222\n', '33333\n', '44444\n']) await file.write(line);
    expect(readdirSync(folder).toSorted()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2']);
    expect([read(), read('audit.log.1'), read('audit.log.2')]).toEqual(['44444\n', '33333\n', '22222\n']);
    expect(statSync(join(folder, 'audit.log')).mode & 0o777).toBe(0o600);
  });

  test('never holds more, however many lines come at a time (AUDIT-06)', async () => {
    const { file, read } = await openFile({ maxSizeBytes: 10, maxFiles: 9 });
    expect(await file.write('1111\n2222\n3333\n44444444\n5\n')).toEqual({ lines: 5 });
    const names = ['audit.log.3', 'audit.log.2', 'audit.log.1', 'audit.log'];
    expect(names.map((name) => read(name))).toEqual(['1111\n2222\n', '3333\n', '44444444\n', '5\n']);
  });

  test('takes lines larger than all it may hold, alone (AUDIT-06)', async () => {
    const { file, read } = await openFile({ maxSizeBytes: 4 });
    await file.write('much too large\n');
    await file.write('next\n');
    expect([read(), read('audit.log.1')]).toEqual(['next\n', 'much too large\n']);
  });

  test('is moved away when it is too old (AUDIT-06)', async () => {
    const { file, clock, read } = await openFile({ maxAgeMs: 60_000 });
    await file.write('old\n');
    clock.now += 59_000;
    await file.write('still\n');
    clock.now += 2_000;
    await file.write('new\n');
    expect([read(), read('audit.log.1')]).toEqual(['new\n', 'old\nstill\n']);
  });

  test('that somebody else has moved is left, for a new one at its path (AUDIT-06)', async () => {
    const { file, folder, path, clock, read } = await openFile();
    await file.write('moved\n');
    renameSync(path, join(folder, 'elsewhere'));
    clock.now += 2_000;
    await file.write('new\n');
    expect([read(), read('elsewhere')]).toEqual(['new\n', 'moved\n']);
  });

  test('that somebody else has emptied has its size anew (AUDIT-06)', async () => {
    const { file, folder, path, clock, read } = await openFile({ maxSizeBytes: 10 });
    await file.write('123456\n');
    truncateSync(path);
    clock.now += 2_000;
    await file.write('abcdef\n');
    expect([readdirSync(folder), read()]).toEqual([['audit.log'], 'abcdef\n']);
  });

  test('that cannot be moved away is said to be lost, and tried again (AUDIT-06, AUDIT-07)', async () => {
    const { file, folder, read } = await openFile({ maxSizeBytes: 8 });
    await file.write('1234567\n');
    mkdirSync(join(folder, 'audit.log.1', 'full'), { recursive: true });
    mkdirSync(join(folder, 'audit.log.2', 'full'), { recursive: true });
    const refused = await file.write('lost\n');
    expect(refused).toMatchObject({ lines: 0, error: expect.any(Error) });
    for (const index of [1, 2]) rmSync(join(folder, `audit.log.${index}`), { recursive: true });
    expect(await file.write('after\n')).toEqual({ lines: 1 });
    expect([read(), read('audit.log.1')]).toEqual(['after\n', '1234567\n']);
  });
});

test('what is no file cannot be opened (AUDIT-05)', async () => {
  const settings = { path: tmpdir(), maxSizeBytes: 1, maxFiles: 1 };
  await expect(new AuditFile(settings).open()).rejects.toThrow('it is no file');
});

test('a disk that fills up within a line costs that line, and tears no other (AUDIT-06, AUDIT-07)', async ({
  skip,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'none', folder]);
  skip(mounted.status !== 0, 'no small disk can be had: mount needs root');
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  const path = join(folder, 'audit.log');
  writeFileSync(join(folder, 'ballast'), 'x'.repeat(4_096));
  const file = new AuditFile({ path, maxSizeBytes: 1_000_000, maxFiles: 1 });
  await file.open();
  onTestFinished(async () => await file.close());
  const line = 'a'.repeat(2_999);
  const { lines, error } = await file.write(`${line}\n${line}\n`);
  expect([lines, error]).toMatchObject([1, { code: 'ENOSPC' }]);
  rmSync(join(folder, 'ballast'));
  expect(await file.write('after\n')).toEqual({ lines: 1 });
  expect(readFileSync(path, 'utf8')).toBe(`${line}\n${'a'.repeat(1_096)}\nafter\n`);
});

test.skipIf(process.platform !== 'linux')('a full disk loses lines, and says so (AUDIT-07)', async () => {
  const file = new AuditFile({ path: '/dev/full', maxSizeBytes: 1, maxFiles: 1 });
  await file.open();
  const { lines, error } = await file.write('one\ntwo\n');
  expect([lines, error]).toMatchObject([0, { code: 'ENOSPC' }]);
  await file.close();
});
