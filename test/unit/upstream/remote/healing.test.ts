import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import { createRemote } from '../../../fixtures/remote-upstream.ts';
import { until } from '../../../fixtures/scripted-upstream.ts';

const kinds = ['streamable-http', 'sse'] as const;

describe.each(kinds)('a session over %s', (kind) => {
  test('lost by 200 calls at once is opened anew once, and all of them succeed (UP-03)', async () => {
    const remote = await createRemote(kind);
    const { server, upstream } = remote;
    await upstream.start();
    // Forgotten, as by a restart behind a proxy.
    server.sessions.clear();
    const calls = Array.from({ length: 200 }, (_, n) => remote.text('echo', `{"n":${n}}`));
    const results = await Promise.all(calls);
    expect(results.map((text) => text.slice(34, -2))).toStrictEqual(
      results.map((_, n) => `{"n":${n}`.slice(0)),
    );
    expect(server.messages('initialize')).toHaveLength(2);
    expect(upstream.restarts).toBe(1);
    await remote.close();
  });

  test('survives a restart of its server without a failed call (UP-03)', async () => {
    const remote = await createRemote(kind);
    const { server, upstream } = remote;
    await upstream.start();
    await server.stop();
    // Over HTTP+SSE the loss shows by itself, over streamable HTTP with the first call.
    const calls = Array.from({ length: 20 }, () => remote.call('echo'));
    await until(() => upstream.state.kind === 'restarting');
    const late = remote.call('echo');
    await server.start();
    for (const outcome of await Promise.all([...calls, late]))
      expect(outcome).toMatchObject({ kind: 'result' });
    expect(server.messages('initialize')).toHaveLength(2);
    await remote.close();
  });

  test('that cannot be opened anew leaves calls not ready, at the end of the time to heal (UP-03)', async () => {
    const remote = await createRemote(kind, { healMs: 300 });
    await remote.upstream.start();
    await remote.server.stop();
    const startedAt = performance.now();
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'not_ready' });
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(250);
    expect(tookMs).toBeLessThan(3000);
    const again = performance.now();
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'not_ready' });
    expect(performance.now() - again).toBeLessThan(100);
    await remote.upstream.close(1000);
  });

  test('keeps to a call’s deadline and its caller while it heals', async () => {
    const remote = await createRemote(kind);
    await remote.upstream.start();
    await remote.server.stop();
    const timed = remote.call('echo', {}, { timeoutMs: 200 });
    const gone = remote.call('echo', {}, { signal: AbortSignal.timeout(100) });
    await expect(timed).resolves.toMatchObject({ kind: 'not_ready' });
    await expect(gone).resolves.toStrictEqual({ kind: 'cancelled' });
    await remote.upstream.close(1000);
  });

  test('loses the calls in flight when its server dies; repeatable ones are sent again (UP-10)', async () => {
    const remote = await createRemote(kind);
    const { server, upstream } = remote;
    await upstream.start();
    const calls = [remote.call('never'), remote.call('sleep', { ms: 500 }, { isRepeatable: true })];
    await until(() => server.messages('tools/call').length === 2);
    await server.stop();
    await expect(calls[0]).resolves.toMatchObject({ kind: 'lost' });
    await server.start();
    await expect(calls[1]).resolves.toMatchObject({ kind: 'result' });
    expect(server.messages('tools/call').filter(({ params }) => params?.name === 'never')).toHaveLength(1);
    await remote.close();
  });

  test('tries a server that a proxy cannot reach with growing pauses, never without (UP-11)', async () => {
    const remote = await createRemote(kind, {
      backoff: { minBackoffMs: 100, maxBackoffMs: 400 },
      random: () => 1,
    });
    const { server, upstream } = remote;
    await upstream.start();
    server.intercept = (_seen, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
      return true;
    };
    if (kind === 'sse') server.closeStreams('end');
    else await remote.call('echo');
    await until(() => upstream.state.kind === 'restarting');
    const before = server.seen.length;
    const cpu = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const spent = process.cpuUsage(cpu);
    // 100 + 200 + 400 + 400 + 400 ms: five attempts at the most.
    expect(server.seen.length - before).toBeLessThanOrEqual(6);
    expect(server.seen.length - before).toBeGreaterThanOrEqual(2);
    expect((spent.user + spent.system) / 1000).toBeLessThan(500);
    expect(upstream.state).toMatchObject({ kind: 'restarting' });
    server.intercept = undefined;
    await until(() => upstream.state.kind === 'ready');
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
    await remote.close();
  });

  test('takes a new list of tools when the server announces it (UP-05)', async () => {
    const remote = await createRemote(kind);
    const { server, upstream } = remote;
    await upstream.start();
    await until(() => server.openStreams === 1);
    server.toolNames = ['echo', 'sleep'];
    server.announce({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await until(() => upstream.catalog?.tools.length === 2);
    expect(upstream.restarts).toBe(0);
    await remote.close();
  });

  test('ends with its streams, and leaves nothing open (UP-12)', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length;
    const remote = await createRemote(kind);
    const { server, upstream } = remote;
    await upstream.start();
    await until(() => server.openStreams === 1);
    const pending = remote.call('never');
    await until(() => upstream.inFlight === 1);
    await upstream.close(1000);
    await expect(pending).resolves.toMatchObject({ kind: 'lost' });
    await until(() => server.openStreams === 0);
    expect(server.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(kind === 'sse' ? 0 : 1);
    expect(server.sessions.size).toBe(0);
    await server.stop();
    await until(() => process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length <= before);
    expect(upstream.traffic.bytesIn).toBeGreaterThan(0);
  });

  test('that hangs when it is closed is left in time (UP-12)', async () => {
    const remote = await createRemote(kind);
    await remote.upstream.start();
    remote.server.intercept = () => true;
    const startedAt = performance.now();
    await remote.upstream.close(300);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await remote.server.stop();
  });
});

describe('HTTP+SSE', () => {
  test.each(['end', 'reset'] as const)(
    'notices in idle that the stream is closed, by %s (UP-04)',
    async (how) => {
      const remote = await createRemote('sse');
      const { server, upstream } = remote;
      await upstream.start();
      server.closeStreams(how);
      await until(() => upstream.restarts === 1 && upstream.state.kind === 'ready');
      expect(server.messages('initialize')).toHaveLength(2);
      expect(server.openStreams).toBe(1);
      await remote.close();
    },
  );

  test('is opened anew when nothing comes on its stream any more: half open (UP-04)', async () => {
    const remote = await createRemote('sse');
    const { server, upstream } = remote;
    await upstream.start();
    server.intercept = (seen, response) => {
      if (seen.method !== 'POST') server.intercept = undefined;
      else response.writeHead(202).end();
      return seen.method === 'POST';
    };
    await expect(remote.call('echo', {}, { timeoutMs: 100 })).resolves.toStrictEqual({ kind: 'timeout' });
    await until(() => upstream.restarts === 1 && upstream.state.kind === 'ready', 20_000);
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
    await remote.close();
  });

  test('loses accepted calls with the stream, at once (UP-10)', async () => {
    const remote = await createRemote('sse');
    await remote.upstream.start();
    const call = remote.call('never');
    await until(() => remote.server.messages('tools/call').length === 1);
    remote.server.closeStreams('end');
    await expect(call).resolves.toStrictEqual({ kind: 'lost', reason: 'the server closed the event stream' });
    await remote.close();
  });
});

describe('streamable HTTP', () => {
  test('does without a stream of the server’s own (UP-05)', async () => {
    const remote = await createRemote('streamable-http');
    const { server, upstream } = remote;
    server.intercept = (seen, response) => {
      if (seen.method === 'GET') response.writeHead(405).end();
      return seen.method === 'GET';
    };
    await upstream.start();
    await until(() => server.seen.some(({ method }) => method === 'GET'));
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
    expect(upstream.restarts).toBe(0);
    expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
    await remote.close();
  });

  test('opens the stream again when it is closed, with growing pauses whatever the server says (UP-11)', async () => {
    const remote = await createRemote('streamable-http');
    const { server, upstream } = remote;
    server.intercept = (seen, response) => {
      if (seen.method !== 'GET') return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 0\nid: 1\ndata:\n\n');
      return true;
    };
    await upstream.start();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const gets = server.seen.filter(({ method }) => method === 'GET').length;
    expect(gets).toBeGreaterThanOrEqual(1);
    expect(gets).toBeLessThanOrEqual(3);
    expect(upstream.restarts).toBe(0);
    await remote.close();
  });

  test('notices in idle that the server has forgotten the session (UP-04)', async () => {
    const remote = await createRemote('streamable-http');
    const { server, upstream } = remote;
    await upstream.start();
    await until(() => server.openStreams === 1);
    server.sessions.clear();
    server.closeStreams('end');
    await until(() => upstream.restarts === 1 && upstream.state.kind === 'ready');
    expect(server.messages('initialize')).toHaveLength(2);
    await remote.close();
  });

  test('answers calls in flight after their session was lost (UP-03)', async () => {
    const remote = await createRemote('streamable-http');
    const { server, upstream } = remote;
    await upstream.start();
    const slow = remote.call('sleep', { ms: 800 });
    await until(() => server.messages('tools/call').length === 1);
    server.sessions.clear();
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
    expect(upstream.restarts).toBe(1);
    expect(upstream.inFlight).toBe(1);
    await expect(slow).resolves.toMatchObject({ kind: 'result' });
    expect(upstream.inFlight).toBe(0);
    await remote.close();
  });

  test('resumes a stream that ends before its answer and has event ids (UP-10)', async () => {
    const remote = await createRemote('streamable-http');
    const { server, upstream } = remote;
    await upstream.start();
    let callId = 0;
    server.intercept = (seen, response) => {
      if (seen.body.includes('tools/call')) {
        callId = (JSON.parse(seen.body) as { id: number }).id;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('retry: 100\nid: first\ndata:\n\n');
        return true;
      }
      if (seen.headers['last-event-id'] === undefined) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`id: second\ndata: {"jsonrpc":"2.0","id":${callId},"result":{"content":[]}}\n\n`);
      return true;
    };
    await expect(remote.text('echo', '{}')).resolves.toBe('{"content":[]}');
    const resumed = server.seen.filter(({ headers }) => headers['last-event-id'] !== undefined);
    expect(resumed.map(({ headers }) => headers['last-event-id'])).toStrictEqual(['first']);
    await remote.close();
  });

  test('gives up resuming a stream that brings nothing (UP-10)', async () => {
    const remote = await createRemote('streamable-http');
    await remote.upstream.start();
    let resumes = 0;
    remote.server.intercept = (seen, response) => {
      const isResume = seen.headers['last-event-id'] !== undefined;
      if (!isResume && !seen.body.includes('tools/call')) return false;
      if (isResume) resumes += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(isResume ? '' : 'retry: 100\nid: first\ndata:\n\n');
      return true;
    };
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'lost' });
    expect(resumes).toBe(3);
    await remote.close();
  });

  test('ends a stream that stays open after its answer', async () => {
    const remote = await createRemote('streamable-http');
    await remote.upstream.start();
    let isClosed = false;
    remote.server.intercept = (seen, response) => {
      if (!seen.body.includes('tools/call')) return false;
      const { id } = JSON.parse(seen.body) as { id: number };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: {"jsonrpc":"2.0","id":${id},"result":{}}\n\n`);
      response.once('close', () => (isClosed = true));
      return true;
    };
    await expect(remote.text('echo', '{}')).resolves.toBe('{}');
    await until(() => isClosed);
    await remote.close();
  });

  test('times the calls that wait for a session by the clock it is given', async () => {
    const clock = createManualClock();
    const remote = await createRemote('streamable-http', { clock, backoff: { minBackoffMs: 1000 } });
    const { server, upstream } = remote;
    await upstream.start();
    server.sessions.clear();
    const call = remote.call('echo');
    await until(() => upstream.state.kind === 'restarting');
    clock.advance(1000);
    await expect(call).resolves.toMatchObject({ kind: 'result' });
    await remote.close();
  });
});
