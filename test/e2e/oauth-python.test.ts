import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAuthorization } from '../../src/upstream/oauth/create-authorization.ts';
import { OauthCallbacks } from '../../src/upstream/oauth/oauth-callbacks.ts';
import { createRemoteUpstream } from '../../src/upstream/remote/remote-upstream.ts';
import { visit } from '../fixtures/protected-server.ts';
import { createRecordingLogger } from '../fixtures/recording-logger.ts';
import { freePort } from '../fixtures/free-port.ts';

/** How to run Python with its SDK here, or why that cannot be. */
const python = findPython();
// The reporter shows the title of what is skipped.
const note = 'reason' in python ? ` (skipped: ${python.reason})` : '';

describe.skipIf('reason' in python)(`a server of the Python MCP SDK that guards itself${note}`, () => {
  test.each([undefined, 'client_secret_basic', 'client_secret_post', 'none'])(
    'lets the gateway in after one question, and renews its tokens; registered with %s (OAUTH-15)',
    async (method) => {
      const server = await startServer();
      const logger = createRecordingLogger();
      const authorization = createAuthorization({
        server: 'guarded',
        serverUrl: server.url,
        oauth: {
          storage: 'memory',
          callback: { kind: 'loopback', port: 0 },
          ...(method !== undefined && { clientMetadata: { token_endpoint_auth_method: method } }),
        },
        callbacks: new OauthCallbacks(),
        logger,
      });
      const upstream = createRemoteUpstream({
        name: 'guarded',
        type: 'streamable-http',
        url: server.url,
        clientInfo: { name: 'test', version: '1.0.0' },
        logger,
        authorization: () => Promise.resolve(authorization),
        healMs: 10_000,
      });
      onTestFinished(async () => await upstream.close(1000));
      await upstream.start('retry');
      await vi.waitFor(() => expect(upstream.state.kind).toBe('awaiting_authorization'), 20_000);
      const { state } = upstream;
      if (state.kind !== 'awaiting_authorization') throw new Error(`the server is ${state.kind}`);
      expect((await visit(state.url)).status).toBe(200);
      await vi.waitFor(() => expect(upstream.state.kind).toBe('ready'), 20_000);
      // The token ends soon.
      await vi.waitFor(
        async () => {
          const call = { tool: 'echo', argumentsJson: '{"text":"hello"}', timeoutMs: 15_000 };
          expect(await upstream.callTool(call)).toMatchObject({ kind: 'result' });
          expect(server.said()).toContain('granted by refresh token');
        },
        { timeout: 20_000, interval: 200 },
      );
      const told = server.said().match(/^(?:registered|granted by code).*$/gm);
      expect(told).toEqual([`registered ${method ?? 'client_secret_post'}`, 'granted by code']);
      expect(logger.lines.filter(({ message }) => message.startsWith('open this URL'))).toHaveLength(1);
    },
    60_000,
  );
});

async function startServer(): Promise<{ readonly url: string; said(): string }> {
  if ('reason' in python) throw new Error(python.reason);
  const [command = '', ...words] = python.command;
  const port = await freePort();
  const lifeSeconds = 3;
  const child = spawn(command, [...words, 'test/fixtures/guarded-server.py', `${port}`, `${lifeSeconds}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill());
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const url = `http://127.0.0.1:${port}/mcp`;
  await vi.waitFor(async () => expect((await fetch(url).catch(() => undefined))?.status).toBe(401), {
    timeout: 30_000,
    interval: 100,
  });
  return { url, said: () => said };
}

/** Looks in what is installed first: a machine without a network must not wait for one. */
function findPython(): { readonly command: readonly string[] } | { readonly reason: string } {
  if (spawnSync('uvx', ['--version'], { timeout: 5_000 }).status !== 0) return { reason: 'there is no uvx' };
  for (const [flags, timeout] of [
    [['--offline'], 10_000],
    [[], 25_000],
  ] as const) {
    const command = ['uvx', ...flags, '--with', 'mcp==1.26.0', 'python'];
    const [name = '', ...words] = command;
    if (spawnSync(name, [...words, '-c', 'import mcp.server.auth'], { timeout }).status === 0)
      return { command };
  }
  return { reason: 'uvx could not fetch mcp 1.26.0 within 25 s' };
}
