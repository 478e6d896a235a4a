import { constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { trackConnections } from '../../../../src/http/connections.ts';
import { openHttp2 } from '../../../fixtures/http2-client.ts';
import type { ScriptedTool } from '../../../fixtures/in-memory-upstream.ts';
import { createTestGateway, echo } from '../../../fixtures/test-gateway.ts';
import { certificates } from '../../../fixtures/tls.ts';
import { toCertificate } from '../listening-tls-gateway.ts';

const forever: ScriptedTool = {
  name: 'forever',
  inputSchema: { type: 'object' },
  run: async (_args, _call, signal) =>
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cancelled')));
    }),
};
const headers = { 'content-type': 'application/json' };

test('a client that opens and resets streams by the thousand is cut off, and others are served (TLS-05)', async () => {
  const certificate = toCertificate(certificates.first);
  const { app, upstream } = await createTestGateway([echo, forever], { certificate });
  const connections = trackConnections(app.server);
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    connections.abort();
    await app.close();
  });
  const { port } = app.server.address() as AddressInfo; // it listens on TCP
  const flooding = await openHttp2(port);
  const { session } = flooding;
  for (let turn = 0; turn < 200 && !session.destroyed; turn += 1) {
    for (let index = 0; index < 100 && !session.destroyed; index += 1) {
      const stream = flooding.open('/forever', { headers });
      stream.on('error', () => undefined).end('{}');
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await new Promise(setImmediate);
  }
  await vi.waitFor(() => expect(session.destroyed).toBe(true), { timeout: 20_000 });
  await vi.waitFor(() => expect(upstream.inFlight).toBe(0), { timeout: 20_000 });
  expect((await (await openHttp2(port)).call('echo', { a: 1 })).status).toBe(200);
});
