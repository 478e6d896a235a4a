import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRemoteUpstream } from '../../src/upstream/remote/remote-upstream.ts';
import type { CallOutcome, StartableUpstream, ToolCall } from '../../src/upstream/upstream.ts';
import { createRecordingLogger } from '../fixtures/recording-logger.ts';
import { until } from '../fixtures/scripted-upstream.ts';

const everything = fileURLToPath(
  import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'),
);

describe.each([
  ['streamable-http', 'streamableHttp', '/mcp'],
  ['sse', 'sse', '/sse'],
] as const)('server-everything over %s', (type, mode, path) => {
  let port = 0;
  let server: ChildProcess;
  let upstream: StartableUpstream;

  beforeAll(async () => {
    port = await freePort();
    server = await run(mode, port);
    upstream = createRemoteUpstream({
      name: 'everything',
      type: 'auto',
      url: `http://127.0.0.1:${port}${path}`,
      clientInfo: { name: 'test', version: '0' },
      logger: createRecordingLogger(),
      backoff: { minBackoffMs: 50 },
    });
    await upstream.start();
  });
  afterAll(async () => {
    await upstream.close(2000);
    await stop(server);
  });

  const call = (tool: string, args: object, more: Partial<ToolCall> = {}): Promise<CallOutcome> =>
    upstream.callTool({ tool, argumentsJson: JSON.stringify(args), timeoutMs: 20_000, ...more });
  const echo = async (message: string): Promise<string> => textOf(await call('echo', { message }));

  test(`lists its tools and calls them, found by itself as ${type} (UP-01)`, async () => {
    expect(upstream.catalog?.tools.map(({ name }) => name)).toContain('echo');
    await expect(echo('hi')).resolves.toContain('hi');
    const many = await Promise.all(Array.from({ length: 50 }, (_, n) => echo(`n${n}`)));
    expect(many.every((text, n) => text.endsWith(`n${n}`))).toBe(true);
  });

  test('reports progress', async () => {
    const seen: number[] = [];
    const outcome = await call(
      'trigger-long-running-operation',
      { duration: 1, steps: 3 },
      { onProgress: ({ progress }) => seen.push(progress) },
    );
    expect(outcome).toMatchObject({ kind: 'result' });
    expect(seen).toStrictEqual([1, 2, 3]);
  });

  test('fails its calls in flight when it is killed, and is used again when it is back (UP-10)', async () => {
    const slow = call('trigger-long-running-operation', { duration: 60, steps: 60 });
    await until(() => upstream.inFlight === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await stop(server);
    await expect(slow).resolves.toMatchObject({ kind: 'lost' });
    // While it is away, those who call wait for it.
    const waiting = echo('early').catch(String);
    server = await run(mode, port);
    await until(() => upstream.state.kind === 'ready' && upstream.restarts > 0, 30_000);
    await expect(echo('back')).resolves.toContain('back');
    await expect(waiting).resolves.toMatch(/early|not_ready/);
  });
});

async function run(mode: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [everything, mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { stderr } = child;
  let said = '';
  stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until(() => /listening on port|running on port/i.test(said), 30_000);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  // The address of a TCP server is an object.
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function textOf(outcome: CallOutcome): string {
  if (outcome.kind !== 'result') throw new Error(JSON.stringify(outcome));
  // What the server sends is known here.
  const { content } = JSON.parse(outcome.resultJson.toString()) as { content: { text: string }[] };
  return content[0]?.text ?? '';
}
