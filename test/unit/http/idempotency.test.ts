import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { createDeferred } from '../../fixtures/deferred.ts';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';

type Answer = Awaited<ReturnType<FastifyInstance['inject']>>;

interface Request {
  readonly url?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post(
  app: FastifyInstance,
  key: string | undefined,
  { url = '/echo', body = '{"a":1}', headers = {} }: Request = {},
): Promise<Answer> {
  return await app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
      ...headers,
    },
    payload: body,
  });
}

function shown({ statusCode, headers, body }: Answer): unknown {
  return { statusCode, type: headers['content-type'], body };
}

const failing: ScriptedTool = {
  ...echo,
  run: () => ({ content: [{ type: 'text', text: 'no' }], isError: true }),
};

const reporting: ScriptedTool = {
  ...echo,
  run: (_args, call) => {
    call.onProgress?.({ progress: 1 });
    return { content: [{ type: 'text', text: 'done' }] };
  },
};

describe('an Idempotency-Key', () => {
  test('gets the first answer again, to the byte, and says that it is one (IDEM-02)', async () => {
    const { app, upstream } = await createTestGateway([echo]);
    const first = await post(app, '"one"');
    const second = await post(app, 'one');
    expect(shown(second)).toEqual(shown(first));
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    expect(upstream.calls).toHaveLength(1);
  });

  test('gets the first problem again, to the byte (IDEM-02)', async () => {
    const { app, upstream } = await createTestGateway([failing]);
    const first = await post(app, 'one');
    const second = await post(app, 'one');
    expect(first.statusCode).toBe(424);
    expect(shown(second)).toEqual(shown(first));
    expect(second.json()).toMatchObject({ requestId: first.headers['x-request-id'] });
    expect(upstream.calls).toHaveLength(1);
  });

  test('waits for the first answer while it is in flight (IDEM-02)', async () => {
    const done = createDeferred<{ content: readonly unknown[] }>();
    const { app, upstream } = await createTestGateway([{ ...echo, run: async () => await done.promise }]);
    const first = post(app, 'one');
    await expect.poll(() => upstream.calls).toHaveLength(1);
    const others = [post(app, 'one'), post(app, 'one')];
    done.resolve({ content: [{ type: 'text', text: 'done' }] });
    for (const other of await Promise.all(others)) {
      expect(shown(other)).toEqual(shown(await first));
      expect(other.headers['idempotency-replayed']).toBe('true');
    }
    expect(upstream.calls).toHaveLength(1);
  });

  test('of another request gets 422 idempotency_key_reused, which says what to do (IDEM-03, ERR-11)', async () => {
    const { app } = await createTestGateway([echo, greet]);
    await post(app, 'one');
    const others = [
      await post(app, 'one', { body: '{"a":2}' }),
      await post(app, 'one', { url: '/greet', body: '{"name":"Ada"}' }),
      await post(app, 'one', { headers: { accept: 'application/vnd.mcp.result+json' } }),
    ];
    for (const { statusCode, json, headers } of others) {
      expect(statusCode).toBe(422);
      expect(json()).toMatchObject({ code: 'idempotency_key_reused' });
      expect(json<{ detail: string }>().detail).toContain('Send a new key');
      expect(headers['idempotency-replayed']).toBeUndefined();
    }
  });

  test('that is malformed gets 400 with what to send (IDEM-01)', async () => {
    const { app, upstream } = await createTestGateway([echo]);
    for (const key of ['', '""', 'a b', 'k'.repeat(256)]) {
      const answer = await post(app, key);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'bad_request' });
      expect(answer.json<{ detail: string }>().detail).toContain('Idempotency-Key');
    }
    expect(upstream.calls).toHaveLength(0);
  });

  test('is its credential’s own (IDEM-04)', async () => {
    const { app, upstream } = await createTestGateway([echo], { apiKey: 'secret' });
    const bearer = { headers: { authorization: 'Bearer secret' } };
    const basic = { headers: { authorization: `Basic ${Buffer.from('ada:secret').toString('base64')}` } };
    await post(app, 'one', bearer);
    const other = await post(app, 'one', basic);
    expect(other.headers['idempotency-replayed']).toBeUndefined();
    expect(upstream.calls).toHaveLength(2);
    expect((await post(app, 'one')).statusCode).toBe(401);
  });

  test('of a call that was refused is free for the right one (IDEM-05)', async () => {
    const { app, upstream } = await createTestGateway([greet]);
    const refused = await post(app, 'one', { url: '/greet' });
    expect(refused.statusCode).toBe(422);
    upstream.setState({ kind: 'restarting', retryInMs: 1, reason: 'it ended' });
    const right = { url: '/greet', body: '{"name":"Ada"}' };
    expect((await post(app, 'one', right)).statusCode).toBe(503);
    upstream.setState({ kind: 'ready' });
    expect((await post(app, 'one', right)).statusCode).toBe(200);
    expect((await post(app, 'one', right)).headers['idempotency-replayed']).toBe('true');
  });

  test('gets the result event alone from a stream that it repeats (IDEM-08)', async () => {
    const { app, upstream } = await createTestGateway([reporting]);
    const accept = { headers: { accept: 'text/event-stream' } };
    const first = await post(app, 'one', accept);
    expect(first.body).toContain('event: progress');
    const second = await post(app, 'one', accept);
    expect(second.body).toBe('event: result\ndata: "done"\n\n');
    expect(second.headers['idempotency-replayed']).toBe('true');
    // The plain answer is the same representation.
    expect((await post(app, 'one')).body).toBe('"done"');
    expect(upstream.calls).toHaveLength(1);
  });

  test('gets a problem again in place of a stream (IDEM-08)', async () => {
    const { app } = await createTestGateway([failing]);
    const accept = { headers: { accept: 'text/event-stream' } };
    const first = await post(app, 'one', accept);
    const second = await post(app, 'one', accept);
    expect(first.statusCode).toBe(424);
    expect(shown(second)).toEqual(shown(first));
  });

  test('means nothing once it is switched off (IDEM-09)', async () => {
    const { app, upstream } = await createTestGateway([echo], { idempotencyTtlMs: 0 });
    await post(app, 'one');
    const second = await post(app, 'one', { body: '{}' });
    expect(second.statusCode).toBe(200);
    expect((await post(app, '')).statusCode).toBe(200);
    expect(upstream.calls).toHaveLength(3);
  });

  test('is not looked for where there is none', async () => {
    const { app, upstream } = await createTestGateway([echo]);
    await post(app, undefined);
    await post(app, undefined);
    expect(upstream.calls).toHaveLength(2);
  });
});
