import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRemoteUpstream } from '../../src/upstream/remote/remote-upstream.ts';
import type { CallOutcome, StartableUpstream, ToolCall } from '../../src/upstream/upstream.ts';
import { createEverythingServer, type EverythingServer } from '../fixtures/everything-server.ts';
import { createRecordingLogger } from '../fixtures/recording-logger.ts';
import { until } from '../fixtures/scripted-upstream.ts';

describe.each(['streamable-http', 'sse'] as const)('server-everything over %s', (type) => {
  let server: EverythingServer;
  let upstream: StartableUpstream;

  beforeAll(async () => {
    server = await createEverythingServer(type);
    upstream = createRemoteUpstream({
      name: 'everything',
      type: 'auto',
      url: server.url,
      clientInfo: { name: 'test', version: '0' },
      logger: createRecordingLogger(),
      backoff: { minBackoffMs: 50 },
    });
    await upstream.start();
  });
  afterAll(async () => {
    await upstream?.close(2000);
    await server?.stop();
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
    await server.stop();
    await expect(slow).resolves.toMatchObject({ kind: 'lost' });
    // While it is away, those who call wait for it.
    const waiting = echo('early').catch(String);
    await server.start();
    await until(() => upstream.state.kind === 'ready' && upstream.restarts > 0, 30_000);
    await expect(echo('back')).resolves.toContain('back');
    await expect(waiting).resolves.toMatch(/early|not_ready/);
  });
});

function textOf(outcome: CallOutcome): string {
  if (outcome.kind !== 'result') throw new Error(JSON.stringify(outcome));
  // What the server sends is known here.
  const { content } = JSON.parse(outcome.resultJson.toString()) as { content: { text: string }[] };
  return content[0]?.text ?? '';
}
