import { expect, test } from 'vitest';
import { echo } from '../../fixtures/test-gateway.ts';
import { useTlsGateway } from './listening-tls-gateway.ts';

const origin = 'https://chat.example';
const kit = useTlsGateway([echo], {
  rootPath: '/root',
  pathPrefix: '/api',
  corsAllowOrigins: [origin],
});

test('over HTTP/2 requests are answered with and without the prefixes, and led below them (HTTP-27, HTTP-28)', async () => {
  const connection = await kit().connect();
  for (const prefix of ['', '/root', '/api', '/root/api']) {
    expect((await connection.send(`${prefix}/echo`, { body: '' })).status).toBe(200);
    const answer = await connection.send(prefix === '' ? '/' : prefix, { method: 'GET' });
    expect(answer.json()).toMatchObject({ links: { docs: '/root/api/docs' } });
  }
});

test('over HTTP/2 allowed pages may call and others may not, by the name in the URL (HTTP-21, HTTP-32, HTTP-33)', async () => {
  const connection = await kit().connect();
  const statusFor = async (headers: Record<string, string>): Promise<unknown> => {
    const answer = await connection.call('echo', {}, headers);
    return [answer.status, answer.headers['access-control-allow-origin']];
  };
  expect(await statusFor({ origin, 'sec-fetch-site': 'cross-site' })).toEqual([200, origin]);
  expect(await statusFor({ origin: 'https://evil.example' })).toEqual([403, undefined]);
  expect(await statusFor({ origin: `https://127.0.0.1:${kit().port}` })).toEqual([200, undefined]);
  const headers = { origin, 'access-control-request-method': 'POST' };
  const asked = await connection.send('/echo', { method: 'OPTIONS', headers });
  expect([asked.status, asked.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD, POST']);
});
