import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { fetchJson } from '../../../../src/identity/fetch-json.ts';
import { createRemote } from '../../../fixtures/remote-upstream.ts';

const mebibyte = 1024 * 1024;

async function startServer(answer: (response: ServerResponse) => void): Promise<URL> {
  const server: Server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); // it listens on TCP
}

test('a compressed answer of a server is not inflated: its call fails, and the next is answered', async () => {
  const remote = await createRemote('streamable-http');
  onTestFinished(async () => await remote.close());
  await remote.upstream.start();
  const bomb = gzipSync(Buffer.alloc(64 * mebibyte, ' '));
  const before = process.memoryUsage().arrayBuffers;
  remote.server.intercept = ({ body }, response) => {
    if (!body.includes('tools/call')) return false;
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    return true;
  };
  expect((await remote.call('echo')).kind).not.toBe('result');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * mebibyte);
  remote.server.intercept = undefined;
  await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
});

test('a server that redirects elsewhere is not followed there', async () => {
  const asked: string[] = [];
  const inner = await startServer((response) => {
    asked.push('asked');
    response.end('{}');
  });
  const remote = await createRemote('streamable-http', { headers: { authorization: 'Bearer ours' } });
  onTestFinished(async () => await remote.close());
  remote.server.intercept = (_seen, response) => {
    response.writeHead(307, { location: inner.href }).end();
    return true;
  };
  await expect(remote.upstream.start()).rejects.toThrow(/.+/);
  expect(asked).toEqual([]);
});

test('keys of an issuer that come compressed count as what they inflate to', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * mebibyte, ' '));
  const url = await startServer((response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  );
  const asked = fetchJson(url, {
    signal: AbortSignal.timeout(20_000),
    maxBytes: mebibyte,
    check: () => {},
  });
  await expect(asked).rejects.toThrow('more than 1048576 bytes');
});
