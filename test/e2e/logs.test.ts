import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, within, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool, send } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const scripted = [process.execPath, scriptPath('scripted.mjs')];
const apiKey = 'keysecret-0123456789';

describe.skipIf(!isBuilt)('the log', () => {
  let gateway: GatewayProcess;

  beforeAll(async () => {
    gateway = await startGateway(scripted, {
      // All that can be said is said.
      flags: [
        '--api-key',
        apiKey,
        '--log-level',
        'trace',
        '--call-timeout',
        '300ms',
        '--env',
        'TOKEN=envsecret',
      ],
    });
  });

  afterAll(async () => await gateway.stop());

  test('has one JSON line a call: id, server, tool, status, durations (HTTP-13)', async () => {
    const headers = { authorization: `Bearer ${apiKey}`, 'x-request-id': 'one-call' };
    await callTool(gateway.port, 'sleep', { ms: 30 }, { headers });
    const lines = await vi.waitFor(() => {
      const found = gateway.logs().filter(({ requestId }) => requestId === 'one-call');
      expect(found).toHaveLength(1);
      return found;
    });
    expect(lines[0]).toMatchObject({
      level: 30,
      msg: 'call',
      server: 'scripted',
      tool: 'sleep',
      status: 200,
    });
    const [{ ms, upstreamMs, time } = expect.unreachable()] = lines;
    expect(Number(upstreamMs)).toBeGreaterThanOrEqual(29);
    expect(Number(ms)).toBeGreaterThanOrEqual(Number(upstreamMs));
    expect(new Date(String(time)).toISOString()).toBe(time);
  });

  test('has what the server writes to its stderr, line by line, with its name', async () => {
    const headers = { authorization: `Bearer ${apiKey}` };
    await callTool(gateway.port, 'flood_stderr', { lines: 3 }, { headers });
    await vi.waitFor(() => {
      const noise = gateway.logs().filter(({ msg }) => msg.startsWith('noise'));
      expect(noise).toHaveLength(3);
      expect(noise[0]).toMatchObject({ server: 'scripted', stream: 'stderr', level: 30 });
    });
  });

  test('never has argument values, results, query strings, credentials or the server’s variables (HTTP-20)', async () => {
    const authorization = `Bearer ${apiKey}`;
    const json = { authorization, 'content-type': 'application/json' };
    const basic = `Basic ${Buffer.from(`me:${apiKey}`).toString('base64')}`;
    const requests: ReadonlyArray<readonly [string, string, Record<string, string>, number]> = [
      ['/echo?q=querysecret', '{"a":"argsecret"}', json, 200],
      ['/echo', '{"a":"argsecret"}', { ...json, authorization: basic, cookie: 'c=cookiesecret' }, 200],
      ['/echo', '{"a":"argsecret', json, 400],
      ['/echo', '["argsecret"]', json, 422],
      ['/echo', '{"a":"argsecret"}', { ...json, authorization: 'Bearer wrongsecret' }, 403],
      ['/argsecret', '{}', json, 404],
      ['/never', '{"a":"argsecret"}', json, 504],
      ['/error', '{"code":-32000,"message":"argsecret"}', json, 502],
      ['/exit', '{"code":0,"a":"argsecret"}', json, 502],
    ];
    for (const [path, body, headers, status] of requests) {
      expect((await send(gateway.port, path, { body, headers })).status).toBe(status);
    }
    await vi.waitFor(() => expect(gateway.logs().filter(({ tool }) => tool === 'exit')).toHaveLength(1));
    expect(gateway.stderr.match(/\w*secret\w*/g)).toBeNull();
    expect(gateway.stderr).not.toContain(Buffer.from(`me:${apiKey}`).toString('base64').slice(4, 20));
  });

  test('is JSON to the last line, since stderr is no terminal', () => {
    const lines = gateway.stderr.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
    expect(gateway.stderr).not.toContain('\u001B[');
  });
});

// script(1) runs a command in a terminal of its own.
const terminalCommand = 'script';
const hasTerminal = spawnSync(terminalCommand, ['-qec', 'true', '/dev/null']).status === 0;

describe.skipIf(!isBuilt || !hasTerminal)('on a terminal (skipped without script(1))', () => {
  test('the log is for people', async () => {
    const command = `${process.execPath} dist/src/cli/serve.js --port 0 --json -- ${scripted.join(' ')}`;
    const terminal = spawn(terminalCommand, ['-qec', command, '/dev/null'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk));
    const ended = new Promise((resolve) => terminal.once('close', resolve));
    const pid = await vi.waitFor(
      () => {
        const found = /"pid":(\d+)\}/.exec(shown)?.[1];
        expect(found).toBeDefined();
        return Number(found);
      },
      { timeout: 20_000, interval: 20 },
    );
    process.kill(pid, 'SIGTERM');
    await within(10_000, ended, () => shown);
    expect(shown).toMatch(/\d\d:\d\d:\d\d\.\d{3}/);
    expect(shown).toContain('shutting down');
    expect(shown).not.toContain('{"level"');
  });
});
