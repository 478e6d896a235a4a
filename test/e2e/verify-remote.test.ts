import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEverythingServer, type EverythingServer } from '../fixtures/everything-server.ts';
import { createRemoteServer } from '../fixtures/remote-server.ts';
import { runVerify } from './run-verify.ts';

const kinds = ['streamable-http', 'sse'] as const;
const servers = new Map<(typeof kinds)[number], EverythingServer>();

beforeAll(async () => {
  for (const kind of kinds) servers.set(kind, await createEverythingServer(kind));
}, 60_000);

afterAll(async () => {
  for (const server of servers.values()) await server.stop();
});

describe.each(kinds)('server-everything over %s', (kind) => {
  const url = (): string => servers.get(kind)?.url ?? '';

  test('is verified to the end, with nothing found on the wire and in the listing', async () => {
    const { code, stdout } = await runVerify([
      '--no-save',
      '--checks',
      'wire,listing,concurrency',
      '--phases',
      'coverage',
      '--max-examples',
      '3',
      '--calls',
      'all',
      '--exclude',
      'trigger-long-running-operation',
      '--',
      url(),
    ]);
    expect(stdout).toContain(`Verifying ${url()}`);
    expect(stdout).toContain('mcp-servers/everything');
    expect(stdout).toContain('ok    wire/malformed-input');
    expect(stdout).toContain('not exercised: the server does not run for');
    expect(stdout).toContain('0 errors, 0 warnings');
    expect(code).toBe(0);
  }, 120_000);

  test('ends a call that is cancelled, or is told that it does not', async () => {
    const { code, stdout } = await runVerify([
      '--no-save',
      '--checks',
      'wire/cancellation',
      '--include',
      'trigger-long-running-operation',
      '--arguments',
      'trigger-long-running-operation={"duration":1,"steps":4}',
      '--phases',
      'coverage',
      '--calls',
      'all',
      '--max-examples',
      '1',
      '--max-time',
      '1s',
      '--fail-on',
      'warning',
      '--',
      url(),
    ]);
    expect(stdout).toContain('A cancelled call reports progress');
    expect(code).toBe(1);
  }, 120_000);

  test('is spoken to as --type says', async () => {
    const words = ['--no-save', '--checks', 'wire/ping', '--type', kind, '--', url()];
    expect((await runVerify(words)).code).toBe(0);
    const other = kind === 'sse' ? 'http' : 'sse';
    const { code, stderr } = await runVerify(['--no-save', '--type', other, '--', url()]);
    expect(stderr).toMatch(/the server was not initialized: HTTP 40\d .*is this the address/s);
    expect(code).toBe(2);
  }, 60_000);
});

describe('headers', () => {
  const secret = 'secret-4711';

  test('are sent with variables in them, and shown without what may be a secret', async () => {
    const server = await createRemoteServer('streamable-http');
    const folder = mkdtempSync(join(tmpdir(), 'verify-remote-'));
    try {
      // Progress goes on after the response, since this server has no token for it.
      server.toolNames = ['progress'];
      const { code, stdout, stderr } = await runVerify(
        [
          '--header',
          'Authorization: Bearer ${TOKEN}',
          '--header',
          `X-Key: ${secret}`,
          '--calls',
          'all',
          '--checks',
          'wire/progress',
          '--phases',
          'coverage',
          '--max-examples',
          '1',
          '--save-dir',
          folder,
          '--report',
          `json=${join(folder, 'report.json')}`,
          '--',
          server.url,
        ],
        { env: { TOKEN: `${secret}-token` } },
      );
      expect(stdout).toContain('Progress names a token that no request gave');
      expect(code).toBe(1);
      for (const { headers } of server.seen) {
        expect(headers).toMatchObject({ authorization: `Bearer ${secret}-token`, 'x-key': secret });
      }
      const files = readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFileSync(join(folder, name), 'utf8'));
      const said = [stdout, stderr, ...files].join('\n');
      expect(said).not.toContain(secret);
      expect(said).toContain("--header 'Authorization: Bearer ${TOKEN}' --header 'X-Key: …'");
      await replay(folder, server.url);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  async function replay(folder: string, url: string): Promise<void> {
    const id = readdirSync(folder).find((name) => /^[0-9a-f]{12}\.json$/.test(name)) ?? '';
    const env = { TOKEN: 'x' };
    const without = await runVerify(['replay', join(folder, id)], { env });
    expect(without.stderr).toContain("values of headers are not saved; give them again: --header 'X-Key: …'");
    const withIt = await runVerify(['replay', join(folder, id), '--header', `x-key: ${secret}`], { env });
    expect(withIt.stdout).toContain('Still there.');
    expect(withIt.code).toBe(1);
    const elsewhere = await runVerify(['replay', join(folder, id), '--', url], { env });
    expect(elsewhere.stdout).toContain('Still there.');
  }

  test.each([
    [['--header', secret, '--', 'http://127.0.0.1:1'], 'this is no header; write it as'],
    [['--header', 'X-Key: ${NOT_SET}', '--', 'http://127.0.0.1:1'], 'the variable NOT_SET, which is not set'],
    [['--header', `X-Key: ${secret}`, '--', 'node'], "--header is for a server at a URL, and 'node' is none"],
    [['--', `http://u:${secret}@127.0.0.1:1`], 'the URL holds a user or password; write --header'],
    [['--', `http://127.0.0.1:1/mcp?key=${secret}`], 'refused (ECONNREFUSED): http://127.0.0.1:1/mcp?key=…'],
    [['--type', 'stdio', '--', 'node'], 'write auto, sse or streamable-http'],
    [['--cwd', '.', '--', 'http://127.0.0.1:1'], '--cwd is for a server that is started here'],
    [['--', 'http://127.0.0.1:1', 'more'], "unexpected 'more' after the URL"],
    [['--server', 'a', '--', 'node'], '--server is for servers of a file'],
  ])('and URLs that cannot be used are refused, without their secrets: %j', async (words, said) => {
    const { code, stdout, stderr } = await runVerify(['--no-save', ...words]);
    expect(stderr).toContain(said);
    expect(stdout + stderr).not.toContain(secret);
    expect(code).toBe(2);
  });
});
