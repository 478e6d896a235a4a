import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSseTarget, detectTransport, type Target } from '../../../conformance/index.ts';
import { createRemoteServer, type RemoteServer } from '../../fixtures/remote-server.ts';
import { openReady, refusalOf } from './remote-session.ts';

let server: RemoteServer;

beforeEach(async () => {
  server = await createRemoteServer('sse');
});

afterEach(async () => {
  await server.stop();
});

function target(): Target {
  return createSseTarget({ url: server.url, headers: { 'x-key': 'k' } });
}

test('texts go to the endpoint that the stream names, and come as events', async () => {
  server.pieces = [1];
  const { session, texts, call } = await openReady(target());
  expect((await call('echo', { text: 'ü😀' })).kind).toBe('result');
  expect(texts().at(-1)).toContain('"structuredContent":{"text":"ü😀"}');
  expect((await call('progress')).kind).toBe('result');
  const posts = server.seen.filter(({ method }) => method === 'POST');
  expect(posts.every(({ url }) => url.startsWith('/messages?session='))).toBe(true);
  expect(server.seen.every(({ headers }) => headers['x-key'] === 'k')).toBe(true);
  await session.close();
});

test('the end of the stream is the end of the session', async () => {
  const { call, ending } = await openReady(target());
  const pending = call('never');
  server.closeStreams('reset');
  expect((await pending).kind).toBe('ended');
  expect(ending()).toEqual({ kind: 'lost', message: 'the event stream has ended, and with it the session' });
});

test('a text that is refused is an error reply, and leaves the session as it was', async () => {
  const { session, call } = await openReady(target());
  server.intercept = ({ body }, response) => {
    if (!body.includes('tools/call')) return false;
    response.writeHead(413).end('too long');
    return true;
  };
  expect(await call('echo')).toMatchObject({ kind: 'error', error: { code: -32600 } });
  expect((await session.request('ping')).kind).toBe('result');
  await session.close();
});

test.each([
  [401, 'text/plain', '', "--header 'Authorization: Bearer ${TOKEN}'"],
  [404, 'text/plain', '', 'is this the address of its MCP endpoint'],
  [200, 'text/html', '<html>', 'HTTP 200 OK with text/html, not an event stream'],
  [200, 'text/event-stream', '', 'the event stream has ended'],
  [200, 'text/event-stream', 'event: endpoint\ndata: http://127.0.0.2/x\n\n', 'an endpoint that is not at'],
])('HTTP %i with %s %j is told with what to do', async (status, type, text, said) => {
  server.intercept = (_seen, response) => {
    response.writeHead(status, { 'content-type': type }).end(text);
    return true;
  };
  expect(await refusalOf(target())).toContain(said);
});

test('a server that does not listen is told', async () => {
  await server.stop();
  expect(await refusalOf(target())).toBe(`the connection was refused (ECONNREFUSED): ${server.url}`);
});

test('how a server is spoken to is found out', async () => {
  const other = await createRemoteServer('streamable-http');
  expect(await detectTransport({ url: server.url })).toBe('sse');
  expect(await detectTransport({ url: other.url })).toBe('streamable-http');
  expect(other.sessions.size).toBe(0);
  await other.stop();
  expect(await detectTransport({ url: other.url })).toBe('streamable-http');
});
