import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpClient } from '../../../../src/upstream/remote/http-client.ts';
import { readBody } from '../../../../src/upstream/remote/read-body.ts';

let server: Server;
let client: HttpClient;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new HttpClient();
});
afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('an answer without a body', { timeout: 5000 }, () => {
  const answers: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ['401, content-length: 0', (response) => response.writeHead(401, { 'content-length': 0 }).end()],
    ['401, chunked', (response) => chunked(response, 401)],
    ['202, content-length: 0', (response) => response.writeHead(202, { 'content-length': 0 }).end()],
    ['202, chunked', (response) => chunked(response, 202)],
    ['204', (response) => response.writeHead(204).end()],
    ['405, up to the end of its connection', toTheEnd],
  ];

  test.each(answers)('ends for a reader that comes late: %s', async (_, answerer) => {
    answer = answerer;
    const { port } = server.address() as AddressInfo;
    const reply = await client.send({
      method: 'POST',
      url: new URL(`http://127.0.0.1:${port}/`),
      headers: {},
      body: '{}',
    }).reply;
    if (reply.kind !== 'answered') throw new Error(reply.reason);
    // Its last byte may have come meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(readBody(reply.message, 100)).resolves.toStrictEqual({
      kind: 'complete',
      bytes: Buffer.alloc(0),
    });
  });
});

function chunked(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'transfer-encoding': 'chunked' });
  response.end();
}

function toTheEnd(response: ServerResponse): void {
  response.socket?.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n');
}
