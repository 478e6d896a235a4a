import { constants } from 'node:http2';
import { connect } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { within } from '../../../fixtures/gateway-process.ts';
import type { ScriptedTool } from '../../../fixtures/in-memory-upstream.ts';
import { post } from '../../../fixtures/raw-http.ts';
import { echo } from '../../../fixtures/test-gateway.ts';
import { fieldBlock, frame, frameFlags, preface } from '../../../fixtures/http2-frames.ts';
import { certificates } from '../../../fixtures/tls.ts';
import { useTlsGateway } from '../listening-tls-gateway.ts';

const largeBytes = 30_000_000;
const large: ScriptedTool = {
  name: 'large',
  inputSchema: { type: 'object' },
  run: () => ({ content: [{ type: 'text', text: 'x'.repeat(largeBytes) }] }),
};
const kit = useTlsGateway([echo, large], { requestTimeoutMs: 150 });
const json = { 'content-type': 'application/json' };

function cutOffs(): readonly Record<string, unknown>[] {
  return kit()
    .logs.map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ code }) => code === 'slow_reader');
}

describe('a caller over TLS that does not read', () => {
  test('its stream is reset, and the others of its connection go on (BULK-03)', async () => {
    const connection = await kit().connect();
    const stream = connection.open('/large', { headers: { ...json, 'x-request-id': 'stalled-stream' } });
    stream.end('{}');
    const closed = new Promise<number>((resolve) => {
      stream.on('error', () => undefined).on('close', () => resolve(stream.rstCode));
    });
    // Without a listener for its data, the window of a stream fills up and stays full.
    await vi.waitFor(() => expect(cutOffs().at(-1)).toMatchObject({ requestId: 'stalled-stream' }), 10_000);
    expect(await within(5_000, closed, () => 'the stream is closed')).toBe(constants.NGHTTP2_CANCEL);
    expect((await connection.call('echo', { text: 'after' })).json()).toEqual({ text: 'after' });
    const whole = await connection.call('large');
    expect([whole.status, whole.bytes.length]).toEqual([200, largeBytes + 2]);
  });

  test.each([
    ['HTTP/1.1', 'http/1.1', post('/large', '{}')],
    ['HTTP/2', 'h2', overHttp2('/large', '{}')],
  ])(
    'its connection is closed when nothing of it is read, over %s (BULK-03)',
    async (_name, protocol, bytes) => {
      const count = cutOffs().length;
      const { port, app } = kit();
      const held = async (): Promise<number> =>
        await new Promise((resolve, reject) => {
          app.server.getConnections((error, total) => (error === null ? resolve(total) : reject(error)));
        });
      await vi.waitFor(async () => expect(await held()).toBe(0), 5_000);
      const { cert: ca } = certificates.first;
      const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: [protocol] });
      try {
        socket.on('error', () => undefined).pause();
        socket.write(bytes);
        await vi.waitFor(() => expect(cutOffs().length).toBeGreaterThan(count), 15_000);
        await vi.waitFor(async () => expect(await held()).toBe(0), 15_000);
      } finally {
        socket.destroy();
      }
    },
    40_000,
  );
});

/** A call from a client that takes as much as it is sent, as far as the windows of HTTP/2 go. */
function overHttp2(path: string, body: string): Buffer {
  const pseudo = { ':method': 'POST', ':path': path, ':scheme': 'https', ':authority': 'localhost' };
  const window = Buffer.alloc(6);
  // SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113 section 6.5.2)
  window.writeUInt16BE(4, 0);
  window.writeUInt32BE(2 ** 31 - 1, 2);
  const more = Buffer.alloc(4);
  more.writeUInt32BE(2 ** 31 - 65_536);
  return Buffer.concat([
    preface(),
    frame('settings', 0, 0, window),
    frame('windowUpdate', 0, 0, more),
    frame('headers', frameFlags.endHeaders, 1, fieldBlock({ ...pseudo, ...json })),
    frame('data', frameFlags.endStream, 1, Buffer.from(body)),
  ]);
}
