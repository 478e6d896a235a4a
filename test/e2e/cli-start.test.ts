import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { isBuilt, runServe } from '../fixtures/gateway-process.ts';
import { isAlive, scriptPath } from '../fixtures/scripted-upstream.ts';

const scripted = ['--', process.execPath, scriptPath('scripted.mjs')];

/** Lines of stderr that are no log lines. */
function words(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}

describe.skipIf(!isBuilt)('a start that fails exits 1', () => {
  test('and names the port that is taken, before any server is started', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stdout, stderr } = runServe(['--port', String(port), '--env', 'SCRIPT=pid', ...scripted]);
    await new Promise((resolve) => taken.close(resolve));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      new RegExp(String.raw`^mcpo-serve: port ${port} on 127\.0\.0\.1 is taken; .*--port 0\n$`),
    );
  });

  test('and names an address that is not ours, without a stack', () => {
    const { code, stderr } = runServe([
      '--port',
      '0',
      '--host',
      '203.0.113.1',
      '--api-key',
      'k',
      ...scripted,
    ]);
    expect([code, words(stderr)]).toEqual([1, [expect.stringContaining('check --host')]]);
  });

  test('and names a command that is not there', () => {
    const { code, stdout, stderr } = runServe(['--port', '0', '--', 'no-such-command-anywhere']);
    expect([code, stdout]).toEqual([1, '']);
    expect(words(stderr)).toEqual(['mcpo-serve: command not found: no-such-command-anywhere']);
  });

  test('and shows the last lines of a server that exits during initialize', () => {
    const { code, stdout, stderr } = runServe(['--port', '0', '--env', 'SCRIPT=stderr,exit', ...scripted]);
    expect([code, stdout]).toEqual([1, '']);
    const [first = '', ...tail] = words(stderr);
    expect(first).toMatch(/^mcpo-serve: .* exited with code 3 during initialize$/);
    // The server writes 30.
    expect(tail).toEqual(Array.from({ length: 20 }, (_, index) => `  | complaint ${index + 11}`));
  });

  test.each([
    ['that never answers initialize', 'hang', /no answer to initialize within 0\.7 s/],
    ['that answers initialize with nonsense', 'bad-initialize', /protocol error during initialize/],
    ['that exits when asked for its tools', 'exit-on-list', /exited with code 5 during tools\/list/],
  ])('for a server %s, and leaves nothing of it', (_what, script, line) => {
    const flags = ['--port', '0', '--start-timeout', '700ms', '--env', `SCRIPT=pid,${script}`];
    const { code, stdout, stderr } = runServe([...flags, ...scripted]);
    expect([code, stdout]).toEqual([1, '']);
    const [first, second = ''] = words(stderr);
    expect(first).toMatch(line);
    const pid = Number(/^ {2}\| (\d+)$/.exec(second)?.[1]);
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });
});
