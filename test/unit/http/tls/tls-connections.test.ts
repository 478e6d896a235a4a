import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { trackConnections, type Connections } from '../../../../src/http/connections.ts';
import { openHttp2, readAnswer, type Http2Connection } from '../../../fixtures/http2-client.ts';
import { createTestGateway, echo } from '../../../fixtures/test-gateway.ts';
import { certificates } from '../../../fixtures/tls.ts';
import { toCertificate } from '../listening-tls-gateway.ts';

const ends: Array<() => void | Promise<void>> = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A gateway with one connection, seen from both sides. */
async function start(): Promise<{
  readonly connections: Connections;
  readonly client: Http2Connection;
  readonly session: ServerHttp2Session;
}> {
  const { app } = await createTestGateway([echo], { certificate: toCertificate(certificates.first) });
  const connections = trackConnections(app.server);
  const sessions: ServerHttp2Session[] = [];
  app.server.on('session', (session: ServerHttp2Session) => sessions.push(session));
  await app.listen({ host: '127.0.0.1', port: 0 });
  ends.push(async () => await app.close());
  // A TCP server that listens has an AddressInfo.
  const client = await openHttp2((app.server.address() as AddressInfo).port);
  ends.push(() => client.close());
  await vi.waitFor(() => expect(sessions).toHaveLength(1));
  const [session] = sessions;
  if (session === undefined) throw new Error('waited for above');
  return { connections, client, session };
}

test('a client that has gone, and whose connection is not yet closed, does not stop the shutdown (TLS-10)', async () => {
  const { connections, session } = await start();
  session.destroy();
  expect(() => connections.stopListening()).not.toThrow();
  await connections.close(2_000);
});

test('a request that crosses GOAWAY is refused at once as unseen, one that came before is answered (TLS-10)', async () => {
  const { connections, client, session } = await start();
  const half = client.open('/echo', { headers: { 'content-type': 'application/json' } });
  await new Promise((resolve) => session.once('stream', resolve));
  const crossing = client.call('echo');
  connections.stopListening();
  await expect(crossing).rejects.toThrow('NGHTTP2_REFUSED_STREAM');
  half.end('{"a":1}');
  expect((await readAnswer(half)).json()).toEqual({ a: 1 });
  await vi.waitFor(() => expect(client.session.destroyed).toBe(true));
  await connections.close(2_000);
});

test('all connections can be cut off at once', async () => {
  const { connections, client } = await start();
  connections.abort();
  await vi.waitFor(() => expect(client.session.destroyed).toBe(true));
});
