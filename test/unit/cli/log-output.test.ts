import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LogOutput } from '../../../src/cli/log-output.ts';

describe('log lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-output-'));
  const path = join(folder, 'log');
  let fd = -1;

  beforeEach(() => {
    fd = openSync(path, 'w');
    return () => closeSync(fd);
  });
  afterEach(() => {
    process.removeAllListeners('exit');
    rmSync(path, { force: true });
  });

  test('are written whole and in order, a moment after they came', async () => {
    const output = new LogOutput(fd, { delayMs: 1 });
    const lines = Array.from({ length: 5_000 }, (_, index) => `${index} ${'ü'.repeat(index % 50)}\n`);
    for (const [index, line] of lines.entries()) {
      output.write(line);
      if (index % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(lines.join('')));
  });

  test('that are left are written when the process exits', () => {
    const output = new LogOutput(fd);
    output.write('last words\n');
    expect(readFileSync(path, 'utf8')).toBe('');
    output.flushSync();
    expect(readFileSync(path, 'utf8')).toBe('last words\n');
  });

  test('past the bound are dropped, and how many is told', () => {
    const output = new LogOutput(fd, { maxWaitingLength: 10 });
    for (const line of ['12345\n', '1\n', '234\n', '567\n']) output.write(line);
    output.flushSync();
    expect(readFileSync(path, 'utf8')).toBe('12345\n1\n{"level":40,"msg":"2 log lines were dropped"}\n');
  });

  test('for a closed output are nobody’s failure', async () => {
    const closed = openSync(join(folder, 'closed'), 'w');
    closeSync(closed);
    const output = new LogOutput(closed, { delayMs: 1 });
    output.write('into the void\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(() => output.flushSync()).not.toThrow();
  });
});
