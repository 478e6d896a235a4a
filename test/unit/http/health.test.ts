import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const apiKey = 'letmein';
const bearer = { authorization: `Bearer ${apiKey}` };

async function get(app: FastifyInstance, url: string, headers: Record<string, string> = {}) {
  const response = await app.inject({ method: 'GET', url, headers });
  expect(response.headers['x-request-id']).toBeDefined();
  return response;
}

describe('/healthz', () => {
  test('is 200 as long as the process lives, whatever the server does (HTTP-16)', async () => {
    const { app, upstream } = await createTestGateway([echo]);
    for (const kind of ['ready', 'connecting', 'closed'] as const) {
      upstream.setState({ kind });
      const { statusCode, body, headers } = await get(app, '/healthz');
      expect([statusCode, JSON.parse(body)]).toEqual([200, { status: 'ok' }]);
      expect(headers['cache-control']).toBe('no-store');
    }
  });
});

describe('/readyz', () => {
  test('says what is behind it when all is well (HTTP-16)', async () => {
    const { app, gateway } = await createTestGateway([echo, greet]);
    const { statusCode, body, headers } = await get(app, '/readyz');
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toEqual({
      status: 'ready',
      contract: gateway.contract.digest,
      servers: {
        memory: {
          state: 'ready',
          required: true,
          tools: 2,
          inFlight: 0,
          circuit: 'closed',
          restarts: 0,
        },
      },
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('is 503 while the server is down, and 200 again after the restart (HTTP-16)', async () => {
    const { app, upstream } = await createTestGateway([echo]);
    upstream.setState({ kind: 'restarting', retryInMs: 1_234.5, reason: 'it exited with code 3' });
    const down = await get(app, '/readyz');
    expect(down.statusCode).toBe(503);
    expect(down.json()).toMatchObject({
      status: 'not_ready',
      servers: { memory: { state: 'restarting', reason: 'it exited with code 3', retryInMs: 1_235 } },
    });
    upstream.setState({ kind: 'ready' });
    const up = await get(app, '/readyz');
    expect([up.statusCode, up.json()]).toMatchObject([200, { servers: { memory: { restarts: 1 } } }]);
  });

  test('names the tools that are left out', async () => {
    const { app } = await createTestGateway([
      echo,
      { name: 'broken', inputSchema: { type: 'object', properties: { a: { $ref: 'https://x.test/s' } } } },
    ]);
    expect((await get(app, '/readyz')).json()).toMatchObject({
      status: 'ready',
      servers: { memory: { tools: 1, unserved: [{ tool: 'broken' }] } },
    });
  });

  test('is 503 for who wants another contract, and says so without the key (HTTP-36)', async () => {
    const { app, gateway } = await createTestGateway([echo], { apiKey, strictAuth: true });
    const { digest } = gateway.contract;
    const other = '0'.repeat(64);
    for (const query of [digest, `${other}&contract=${digest}`]) {
      const { statusCode, body } = await get(app, `/readyz?contract=${query}`);
      expect([statusCode, JSON.parse(body)]).toEqual([200, { status: 'ready' }]);
    }
    for (const query of [other, '', `${other}&contract=${digest}0`]) {
      const { statusCode, body } = await get(app, `/readyz?contract=${query}`);
      expect([statusCode, JSON.parse(body)]).toEqual([503, { status: 'contract_differs' }]);
    }
    const details = await get(app, `/readyz?contract=${other}`, bearer);
    expect([details.statusCode, details.json()]).toMatchObject([
      503,
      { status: 'contract_differs', contract: digest },
    ]);
  });

  test('is 503 during the shutdown (HTTP-18)', async () => {
    const { app, gateway } = await createTestGateway([echo]);
    await gateway.drain(1_000);
    const { statusCode, body } = await get(app, '/readyz');
    expect([statusCode, JSON.parse(body)]).toMatchObject([503, { status: 'shutting_down' }]);
  });

  test('shows only its bare status without the key, when authentication is strict (HTTP-12)', async () => {
    const { app, upstream } = await createTestGateway([echo], { apiKey, strictAuth: true });
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: '?' }]) {
      const { statusCode, body } = await get(app, '/readyz', headers);
      expect([statusCode, body]).toEqual([200, '{"status":"ready"}']);
    }
    expect((await get(app, '/readyz', bearer)).json()).toHaveProperty('servers.memory');
    upstream.setState({ kind: 'closed' });
    const down = await get(app, '/readyz');
    expect([down.statusCode, down.body]).toEqual([503, '{"status":"not_ready"}']);
  });

  test('shows all to anybody, when it is not (HTTP-12)', async () => {
    const { app } = await createTestGateway([echo], { apiKey });
    expect((await get(app, '/readyz')).json()).toHaveProperty('servers.memory');
  });
});

describe('/metrics', () => {
  test('counts calls by server, tool and status', async () => {
    const { app } = await createTestGateway([echo, greet]);
    await post(app, '/echo');
    await post(app, '/echo');
    await post(app, '/greet');
    const lines = await ours(app);
    expect(lines).toContain('mcpo_calls_total{server="memory",tool="echo",status="200"} 2');
    expect(lines).toContain('mcpo_calls_total{server="memory",tool="greet",status="422"} 1');
    expect(lines).toContain('mcpo_call_duration_seconds_count{server="memory",tool="echo"} 2');
    // A call that the contract refuses never reaches the server.
    expect(lines).toContain('mcpo_upstream_duration_seconds_count{server="memory",tool="echo"} 2');
    expect(lines.join('\n')).not.toContain(
      'mcpo_upstream_duration_seconds_count{server="memory",tool="greet"}',
    );
  });

  test('takes its labels from the contract only', async () => {
    const { app } = await createTestGateway([echo]);
    await post(app, '/echo');
    const before = (await ours(app)).map((line) => line.replace(/ [^ ]+$/, ''));
    for (const url of ['/nothing', '/echo/x', '/%22injected%22', '/greet', '/metrics']) await post(app, url);
    await app.inject({ method: 'PUT', url: '/echo' });
    expect((await ours(app)).map((line) => line.replace(/ [^ ]+$/, ''))).toEqual(before);
  });

  test('shows the state of the server', async () => {
    const { app, upstream } = await createTestGateway([echo]);
    expect(await ours(app)).toContain('mcpo_upstream_up{server="memory"} 1');
    upstream.setState({ kind: 'restarting', retryInMs: 1, reason: '' });
    expect(await ours(app)).toContain('mcpo_upstream_up{server="memory"} 0');
    upstream.setState({ kind: 'ready' });
    const lines = await ours(app);
    expect(lines).toContain('mcpo_upstream_restarts_total{server="memory"} 1');
    expect(lines).toContain('mcpo_upstream_tools{server="memory"} 1');
    expect(lines).toContain('mcpo_upstream_in_flight{server="memory"} 0');
  });
});

async function post(app: FastifyInstance, url: string, payload = '{}'): Promise<void> {
  await app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload });
}

async function ours(app: FastifyInstance): Promise<readonly string[]> {
  const { statusCode, body, headers } = await get(app, '/metrics');
  expect([statusCode, headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')]);
  return body.split('\n').filter((line) => /^mcpo_(?!.*_bucket)/.test(line));
}
