import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { canonicalize } from '../../../src/contract/canonicalize.ts';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const shared = createTestGateway([echo, greet]);

async function get(url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  const { app } = await shared;
  return await app.inject({ method, url, headers });
}

const urls = ['/openapi.json', '/openapi.yaml'];
const codings = ['identity', 'gzip', 'br'];

function decode(bytes: Buffer, coding: string): string {
  const plain = coding === 'gzip' ? gunzipSync(bytes) : coding === 'br' ? brotliDecompressSync(bytes) : bytes;
  return plain.toString('utf8');
}

describe('the document', () => {
  test('is the canonical bytes', async () => {
    const { app, gateway } = await createTestGateway([greet, echo]);
    const { body, headers } = await app.inject({ method: 'GET', url: '/openapi.json' });
    expect(body).toBe(canonicalize(gateway.contract.document).json);
    expect(headers['content-type']).toBe('application/json');
  });

  test('is the same bytes whatever the order of the tools', async () => {
    const [one, other] = await Promise.all(
      [
        [echo, greet],
        [greet, echo],
      ].map(async (tools) => await createTestGateway(tools)),
    );
    const bodies = await Promise.all(
      [one, other].map(async (kit) => (await kit?.app.inject({ method: 'GET', url: '/openapi.json' }))?.body),
    );
    expect(bodies[0]).toBe(bodies[1]);
  });

  test('says the same in YAML', async () => {
    const [json, yaml] = await Promise.all(urls.map(async (url) => await get(url)));
    expect(yaml?.headers['content-type']).toBe('application/yaml');
    expect(parse(yaml?.body ?? '')).toEqual(json?.json());
  });
});

describe.each(urls)('%s', (url) => {
  test('has a strong ETag of its own in each coding, which Vary names (HTTP-15)', async () => {
    const answers = await Promise.all(
      codings.map(async (coding) => await get(url, { 'accept-encoding': coding })),
    );
    const etags = answers.map(({ headers }) => headers.etag);
    expect(new Set(etags).size).toBe(3);
    for (const etag of etags) expect(etag).toMatch(/^"[^"]+"$/);
    expect(answers.map(({ headers }) => headers['content-encoding'] ?? 'identity')).toEqual(codings);
    expect(answers.map(({ headers }) => headers.vary)).toEqual(
      Array.from({ length: 3 }, () => 'accept-encoding'),
    );
    const texts = answers.map(({ rawPayload }, index) => decode(rawPayload, codings[index] ?? ''));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('/greet');
  });

  test('has the same ETag when it is asked for again (HTTP-15)', async () => {
    for (const coding of codings) {
      const [first, second] = await Promise.all(
        [0, 1].map(async () => await get(url, { 'accept-encoding': coding })),
      );
      expect(first?.headers.etag).toBe(second?.headers.etag);
    }
  });

  test.each(codings)('is 304 for who has it, %s (HTTP-15)', async (coding) => {
    const accept = { 'accept-encoding': coding };
    const { etag = '' } = (await get(url, accept)).headers;
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(url, { ...accept, 'if-none-match': tags });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
      expect(again.headers.vary).toBe('accept-encoding');
    }
    for (const tags of ['"other"', etag.slice(1, -1)]) {
      expect((await get(url, { ...accept, 'if-none-match': tags })).statusCode).toBe(200);
    }
    const other = codings.find((candidate) => candidate !== coding) ?? '';
    const crossed = await get(url, { 'accept-encoding': other, 'if-none-match': etag });
    expect(crossed.statusCode).toBe(200);
  });

  test('has the same headers for HEAD, and no body (HTTP-09, HTTP-15)', async () => {
    for (const coding of codings) {
      const accept = { 'accept-encoding': coding };
      const [full, head] = await Promise.all([get(url, accept), get(url, accept, 'HEAD')]);
      expect([head.statusCode, head.body]).toEqual([200, '']);
      for (const name of ['etag', 'content-type', 'content-length', 'content-encoding', 'vary']) {
        expect([name, head.headers[name]]).toEqual([name, full.headers[name]]);
      }
    }
  });

  test.each([
    ['gzip;q=0.5, br;q=0.1', 'gzip'],
    ['br, gzip', 'br'],
    ['*', 'br'],
    ['br;q=0, *;q=0.5', 'gzip'],
    ['deflate', undefined],
    ['identity;q=0, *;q=0', undefined],
    ['', undefined],
    ['gzip;q=nonsense, ;;', undefined],
  ])('for Accept-Encoding %j is coded as %s (HTTP-15)', async (accept, coding) => {
    const { statusCode, headers } = await get(url, { 'accept-encoding': accept });
    expect([statusCode, headers['content-encoding']]).toEqual([200, coding]);
  });
});

test('a changed tool list changes the ETag (HTTP-15)', async () => {
  const { app, gateway, upstream } = await createTestGateway([echo]);
  const first = await app.inject({ method: 'GET', url: '/openapi.json' });
  const { digest } = gateway.contract;
  upstream.setTools([echo, greet]);
  while (gateway.contract.digest === digest) await new Promise((resolve) => setImmediate(resolve));
  const headers = { 'if-none-match': String(first.headers.etag) };
  const second = await app.inject({ method: 'GET', url: '/openapi.json', headers });
  expect([second.statusCode, second.body.includes('/greet')]).toEqual([200, true]);
  expect(second.headers.etag).not.toBe(first.headers.etag);
});

test('the document stays while the server is down, and bad arguments are still told (HTTP-16, HTTP-07)', async () => {
  const { app, upstream } = await createTestGateway([greet]);
  upstream.setState({ kind: 'restarting', retryInMs: 3_000, reason: 'it exited' });
  for (const url of [...urls, '/docs']) {
    expect((await app.inject({ method: 'GET', url })).statusCode).toBe(200);
  }
  const headers = { 'content-type': 'application/json' };
  const wrong = await app.inject({ method: 'POST', url: '/greet', headers, payload: '{}' });
  expect(wrong.statusCode).toBe(422);
  const good = await app.inject({ method: 'POST', url: '/greet', headers, payload: '{"name":"Ada"}' });
  expect([good.statusCode, good.headers['retry-after']]).toEqual([503, '3']);
});
