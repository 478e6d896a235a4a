import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { UpstreamStartError } from '../../../../src/errors.ts';
import { silentLogger } from '../../../../src/logger.ts';
import { createStdioUpstream } from '../../../../src/upstream/stdio/stdio-upstream.ts';
import { createScripted, scriptPath } from '../../../fixtures/scripted-upstream.ts';

async function failureOf(start: Promise<void>): Promise<UpstreamStartError> {
  const error: unknown = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UpstreamStartError) return error;
  throw new Error(`not an UpstreamStartError: ${String(error)}`);
}

describe('a server that starts', () => {
  test('is listed with its name, instructions and all its tools, page by page', async () => {
    const { upstream } = createScripted(['pages', 'banner']);
    expect(upstream.state).toStrictEqual({ kind: 'connecting' });
    expect(upstream.catalog).toBeUndefined();
    await upstream.start();
    expect(upstream.state).toStrictEqual({ kind: 'ready' });
    expect(upstream.catalog?.serverInfo).toStrictEqual({
      name: 'scripted',
      version: '1.2.3',
      title: 'Scripted',
    });
    expect(upstream.catalog?.instructions).toBe('Handle with care.');
    expect(upstream.catalog?.tools.length).toBeGreaterThan(25);
    await upstream.close(2000);
    expect(upstream.state).toStrictEqual({ kind: 'closed' });
  });

  test('keeps its tools as listed, whatever their schemas are', async () => {
    const { upstream, logger } = createScripted(['odd-tools']);
    await upstream.start();
    expect(upstream.catalog?.tools).toStrictEqual([
      { name: 'ref', inputSchema: { $ref: '#/$defs/a', $defs: { a: { type: 'object' } } } },
      { name: 'any', inputSchema: { anyOf: [{ type: 'object' }] } },
      { name: 'bool', inputSchema: true },
      { name: 'none' },
      { name: 'extra', inputSchema: { type: 'object' }, annotations: 7, unheardOf: [1] },
    ]);
    expect(
      logger.lines.filter(({ message }) => message === 'a tool without a name is left out'),
    ).toHaveLength(2);
    await upstream.close(2000);
  });

  test('whose cursors go in circles is listed once', async () => {
    const { upstream, logger } = createScripted(['cursor-loop']);
    await upstream.start();
    expect(upstream.catalog?.tools).toHaveLength(3);
    expect(logger.lines.map(({ message }) => message).join()).toContain('the same cursor');
    await upstream.close(2000);
  });

  test('may have no tools, or have some without saying so', async () => {
    const none = createScripted(['no-tools']);
    const unclaimed = createScripted(['unclaimed-tools']);
    await Promise.all([none.upstream.start(), unclaimed.upstream.start()]);
    expect(none.upstream.catalog?.tools).toStrictEqual([]);
    expect(unclaimed.upstream.catalog?.tools.length).toBeGreaterThan(10);
    await Promise.all([none.upstream.close(2000), unclaimed.upstream.close(2000)]);
  });

  test('gets the allowed environment, what is configured, and its working directory', async () => {
    const cwd = realpathSync(mkdtempSync(`${tmpdir()}/upstream-`));
    process.env['GATEWAY_SECRET'] = 'x';
    const scripted = createScripted([], { env: { OWN: '1' }, cwd });
    delete process.env['GATEWAY_SECRET'];
    await scripted.upstream.start();
    const { env, cwd: actual } = await scripted.facts();
    expect(env).toContain('PATH');
    expect(env).toContain('OWN');
    expect(env).not.toContain('GATEWAY_SECRET');
    expect(env.filter((name) => name.startsWith('VITEST'))).toStrictEqual([]);
    expect(actual).toBe(cwd);
    await scripted.upstream.close(2000);
  });

  test('writes its stderr to the log, line by line', async () => {
    const { upstream, logger } = createScripted(['stderr']);
    await upstream.start();
    await upstream.close(2000);
    const lines = logger.lines.filter(({ fields }) => 'stream' in fields).map(({ message }) => message);
    expect(lines).toStrictEqual(Array.from({ length: 30 }, (_, index) => `complaint ${index + 1}`));
  });

  test('is listed again on request, once for all who ask at the same time', async () => {
    const scripted = createScripted();
    await scripted.upstream.start();
    const before = scripted.upstream.catalog;
    await scripted.upstream.refresh();
    expect(scripted.upstream.catalog).toBe(before);
    await scripted.upstream.close(2000);
  });
});

describe('a server that does not start', () => {
  test.each([
    ['exit', 'exited with code 3 during initialize'],
    ['exit-on-list', 'exited with code 5 during tools/list'],
    ['bad-initialize', 'protocol error during initialize'],
  ])('fails the start and says why: %s', async (script, message) => {
    const { upstream } = createScripted(['stderr', script]);
    const error = await failureOf(upstream.start());
    expect(error.message).toContain(message);
    expect(error.stderrTail).toStrictEqual(
      Array.from({ length: 20 }, (_, index) => `complaint ${index + 11}`),
    );
    expect(upstream.state).toStrictEqual({ kind: 'closed' });
    await upstream.close(100);
  });

  test('fails the start when it does not answer in time', async () => {
    const { upstream } = createScripted(['hang'], { startTimeoutMs: 300 });
    const error = await failureOf(upstream.start());
    expect(error.message).toContain('no answer to initialize within 0.3 s');
  });

  test.each([
    [{ command: 'no-such-command-anywhere' }, 'command not found: no-such-command-anywhere'],
    [{ command: scriptPath('scripted.mjs') }, 'not allowed to execute'],
    [{ cwd: '/no/such/directory' }, 'working directory not found: /no/such/directory'],
  ])('fails the start when the command cannot be run: %o', async (options, message) => {
    const { upstream } = createScripted([], options);
    const error = await failureOf(upstream.start());
    expect(error.message).toContain(message);
    await expect(
      upstream.callTool({ tool: 'echo', argumentsJson: '{}', timeoutMs: 10 }),
    ).resolves.toMatchObject({ kind: 'not_ready' });
  });

  test('stops trying when it is closed meanwhile', async () => {
    const { upstream } = createScripted(['hang']);
    const start = failureOf(upstream.start());
    await upstream.close(1000);
    await expect(start).resolves.toBeInstanceOf(UpstreamStartError);
  });

  test.each<[string, string, RegExp]>([
    [
      'refuses initialize with a code of its own',
      `read l; echo '{"jsonrpc":"2.0","id":0,"error":{"code":-32000,"message":"license expired"}}'; exec sleep 60`,
      /during initialize of sh: .*license expired/,
    ],
    ['closes its output and stays', 'exec 1>&-; exec sleep 60', /^sh closed its output during initialize$/],
    ['writes and writes, but no MCP', 'exec yes', /^sh writes to its stdout, without end, .*MCP server\?$/],
  ])('that %s is told as that', async (_what, script, reason) => {
    const upstream = createStdioUpstream({
      name: 'odd',
      command: 'sh',
      args: ['-c', script],
      clientInfo: { name: 'test', version: '1' },
      logger: silentLogger,
      startTimeoutMs: 20_000,
    });
    const error = await failureOf(upstream.start());
    expect(error.message).toMatch(reason);
  });
});
