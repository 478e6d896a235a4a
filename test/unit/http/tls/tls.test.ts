import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { replaceCertificate } from '../../../../src/http/tls/tls-server.ts';
import { within } from '../../../fixtures/gateway-process.ts';
import { openHttp2 } from '../../../fixtures/http2-client.ts';
import { echo, greet } from '../../../fixtures/test-gateway.ts';
import { certificates } from '../../../fixtures/tls.ts';
import { toCertificate, useTlsGateway } from '../listening-tls-gateway.ts';

const kit = useTlsGateway([echo, greet], { requestTimeoutMs: 1_000 });

/** Shakes hands. @throws Error when the server refuses */
async function shakeHands(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: kit().port, ca: certificates.first.cert, ...options });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** What comes back on a connection until it ends. */
async function readAll(socket: TLSSocket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await within(5_000, new Promise((resolve) => socket.once('close', resolve)), () => `the end; got: ${text}`);
  return text;
}

describe('the handshake', () => {
  test.each([
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1'], 'http/1.1'],
    [undefined, false],
  ])('a client that offers %j gets %j (TLS-01)', async (offered, chosen) => {
    const socket = await shakeHands(offered === undefined ? {} : { ALPNProtocols: offered });
    expect(socket.alpnProtocol).toBe(chosen);
    socket.destroy();
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken (TLS-01)', async (version) => {
    const socket = await shakeHands({ minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  test('TLS 1.1 is not (TLS-01)', async () => {
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(shakeHands(old)).rejects.toThrow(/protocol version|EPROTO|ECONNRESET/);
  });

  test('failures are logged for debugging only, and the next caller is served (TLS-06)', async () => {
    const before = kit().logs.length;
    const plain = connectTcp({ host: '127.0.0.1', port: kit().port });
    plain.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
    plain.on('error', () => undefined);
    await within(5_000, new Promise((resolve) => plain.once('close', resolve)), () => 'closed');
    await expect(shakeHands({ ALPNProtocols: ['spdy/3'] })).rejects.toThrow(/no application protocol/);
    const failed = (): readonly { level: number; msg: string }[] =>
      kit()
        .logs.slice(before)
        .map((line) => JSON.parse(line) as { level: number; msg: string });
    await vi.waitFor(() => expect(failed()).toHaveLength(2));
    const line = { level: 20, msg: 'a TLS handshake failed' };
    expect(failed()).toMatchObject([line, line]);
    const connection = await kit().connect();
    expect((await connection.call('echo')).status).toBe(200);
  });

  test('a handshake that stalls is given up on (HTTP-14, TLS-06)', async () => {
    const socket = connectTcp({ host: '127.0.0.1', port: kit().port });
    socket.resume();
    await vi.waitFor(() => expect(socket.closed).toBe(true), { timeout: 3_000 });
  });
});

describe('HTTP/1.1 over TLS', () => {
  test('a tool is called as it is without TLS (TLS-02)', async () => {
    const { status, text } = await new Promise<{ status: number | undefined; text: string }>(
      (resolve, reject) => {
        const headers = { 'content-type': 'application/json' };
        const { first } = certificates;
        request({
          host: '127.0.0.1',
          port: kit().port,
          path: '/echo',
          method: 'POST',
          ca: first.cert,
          headers,
          agent: false,
        })
          .on('response', (response) => {
            let body = '';
            response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
            response.on('end', () => resolve({ status: response.statusCode, text: body }));
          })
          .on('error', reject)
          .end('{"a":1}');
      },
    );
    expect([status, text]).toEqual([200, '{"a":1}']);
  });

  test.each([
    ['is no HTTP', 'nonsense\r\n\r\n', 400, 'bad_request'],
    [
      'has too large a head',
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'stalls',
      'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{',
      408,
      'request_timeout',
    ],
  ])(
    'a request that %s gets its problem and a request id (HTTP-14, TLS-02)',
    async (_what, bytes, status, code) => {
      const socket = await shakeHands();
      socket.write(bytes);
      const text = await readAll(socket);
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(text).toMatch(/\r\nx-request-id: [\w-]{36}\r\n/i);
      expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toMatchObject({ status, code });
    },
  );
});

test('another certificate is shown to new connections, while an open one goes on (TLS-07)', async () => {
  const before = await kit().connect();
  const { server } = kit().app;
  replaceCertificate(server, toCertificate(certificates.second));
  try {
    const after = await openHttp2(kit().port, certificates.second.cert);
    expect((await after.call('echo')).status).toBe(200);
    after.close();
    await expect(openHttp2(kit().port)).rejects.toThrow(/certificate/);
    expect((await before.call('echo', { still: 'here' })).json()).toEqual({ still: 'here' });
  } finally {
    replaceCertificate(server, toCertificate(certificates.first));
  }
});
