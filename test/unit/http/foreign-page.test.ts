import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { createTestGateway, echo } from '../../fixtures/test-gateway.ts';

async function statusOf(headers: Record<string, string>, options: { readonly apiKey?: string } = {}) {
  const { app, upstream } = await createTestGateway([echo], options);
  const response = await app.inject({ method: 'POST', url: '/echo', headers, remoteAddress: '127.0.0.1' });
  return [response.statusCode, upstream.calls.length];
}

test.each([
  [{ 'sec-fetch-site': 'cross-site' }],
  [{ 'sec-fetch-site': 'same-site' }],
  [{ host: 'localhost:8000', origin: 'https://evil.example' }],
  [{ host: 'localhost:8000', origin: 'null' }],
])('a page of another origin (%j) cannot call a tool (HTTP-21)', async (headers) => {
  expect(await statusOf(headers)).toEqual([403, 0]);
});

test.each([
  [{}],
  [{ host: 'gateway.example' }],
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://tools.example', host: '127.0.0.1:8000' }],
  [{ 'sec-fetch-site': 'none' }],
  [{ host: 'localhost:8000', origin: 'http://localhost:8000' }],
])('a page of ours, and any other client (%j), can (HTTP-21)', async (headers) => {
  expect(await statusOf(headers)).toEqual([200, 1]);
});

test('with a key, pages of other origins are refused all the same, for browsers keep Basic credentials (HTTP-21)', async () => {
  const key = { authorization: 'Bearer secret' };
  expect(await statusOf({ ...key, 'sec-fetch-site': 'cross-site' }, { apiKey: 'secret' })).toEqual([403, 0]);
  expect(await statusOf({ ...key }, { apiKey: 'secret' })).toEqual([200, 1]);
});

test('on a real socket, a foreign name that was made to point here is known (HTTP-21)', async () => {
  const { app, upstream } = await createTestGateway([echo]);
  const port = new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port;
  const call = async (name: string): Promise<number> => {
    return await new Promise((resolve, reject) => {
      const headers = { host: name, origin: `http://${name}` };
      request({ host: '127.0.0.1', port, path: '/echo', method: 'POST', headers })
        .on('response', (response) => resolve(response.resume().statusCode ?? 0))
        .on('error', reject)
        .end();
    });
  };
  expect(await call('evil.example:8000')).toBe(403);
  expect(upstream.calls).toEqual([]);
  expect(await call('localhost:8000')).toBe(200);
  expect(await call('tools.localhost')).toBe(200);
  await app.close();
});

test('without a key, nothing is read on a loopback address under a name that could be anybody’s (HTTP-21)', async () => {
  const { app } = await createTestGateway([echo]);
  const read = await startReading(app);
  const foreign = 'tools.evil.example:8000';
  for (const path of ['/openapi.json', '/openapi.yaml', '/', '/docs', '/redoc', '/metrics', '/nothing']) {
    const { status, body } = await read(path, foreign);
    expect([path, status, body.includes('echo')]).toEqual([path, 403, false]);
  }
  expect(await read('/healthz', foreign)).toMatchObject({ status: 200 });
  const ready = await read('/readyz', foreign);
  expect([ready.status, ready.body.includes('servers')]).toEqual([200, false]);
  for (const own of [
    'localhost:8000',
    'LOCALHOST',
    'tools.localhost',
    '127.0.0.1:8000',
    '[::1]:8000',
    '192.0.2.1:8000',
    'host.docker.internal:8000',
    'gateway',
  ])
    expect([own, (await read('/openapi.json', own)).status]).toEqual([own, 200]);
  expect((await read('/readyz', 'localhost')).body).toContain('servers');
  await app.close();
});

test.each([{ apiKey: 'secret' }, { trustProxy: true }, { corsAllowOrigins: ['*'] }])(
  'where the operator has said who may read (%j), the name does not matter (HTTP-21)',
  async (options) => {
    const { app } = await createTestGateway([echo], options);
    const read = await startReading(app);
    expect((await read('/openapi.json', 'tools.example')).status).toBe(200);
    await app.close();
  },
);

/** Reads over a real socket, under a name. */
async function startReading(
  app: FastifyInstance,
): Promise<(path: string, host: string) => Promise<{ readonly status: number; readonly body: string }>> {
  const port = new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port;
  return async (path, host) =>
    await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers: { host } })
        .on('response', (response) => {
          text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
        })
        .on('error', reject)
        .end();
    });
}
