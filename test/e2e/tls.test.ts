import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { constants } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, runServe, startGateway, within, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { openHttp2, readAnswer, type Http2Connection } from '../fixtures/http2-client.ts';
import { parseEvents } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';
import { certificates, tlsPath } from '../fixtures/tls.ts';

const eventually = { timeout: 10_000, interval: 20 };
const json = { 'content-type': 'application/json' };
const scripted = [process.execPath, scriptPath('scripted.mjs')];
const gateways: GatewayProcess[] = [];
const connections: Http2Connection[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
});

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await Promise.all(gateways.splice(0).map(async (gateway) => await gateway.stop()));
  rmSync(folder, { recursive: true });
});

/** Puts a certificate of the tests, and its key, where the gateway reads them. */
function place(name: 'first' | 'second'): readonly string[] {
  for (const part of ['cert', 'key']) {
    copyFileSync(tlsPath(`${name}.${part}.pem`), join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, part));
  }
  return ['--ssl-certfile', join(folder, 'cert'), '--ssl-keyfile', join(folder, 'key')];
}

async function start(flags: readonly string[] = []): Promise<GatewayProcess> {
  const gateway = await startGateway(scripted, { flags: [...place('first'), ...flags] });
  gateways.push(gateway);
  return gateway;
}

async function connect({ port }: GatewayProcess, ca?: string): Promise<Http2Connection> {
  const connection = await openHttp2(port, ca);
  connections.push(connection);
  return connection;
}

async function inFlight(connection: Http2Connection, count: number): Promise<void> {
  await vi.waitFor(async () => {
    const probe = (await connection.send('/readyz', { method: 'GET' })).json();
    const { servers } = probe as { readonly servers: Record<string, { readonly inFlight: number }> };
    expect(Object.values(servers)[0]?.inFlight).toBe(count);
  }, eventually);
}

describe.skipIf(!isBuilt)('HTTPS', () => {
  test('is served to clients of HTTP/1.1 and HTTP/2, under a URL that says so (TLS-01)', async () => {
    const gateway = await start();
    expect(gateway.url).toBe(`https://127.0.0.1:${gateway.port}`);
    const status = await new Promise((resolve, reject) => {
      request(`${gateway.url}/healthz`, { ca: certificates.first.cert, agent: false })
        .on('response', (response) => resolve([response.httpVersion, response.resume().statusCode]))
        .on('error', reject)
        .end();
    });
    expect(status).toEqual(['1.1', 200]);
    const connection = await connect(gateway);
    expect(connection.session.alpnProtocol).toBe('h2');
    expect((await connection.send('/healthz', { method: 'GET' })).status).toBe(200);
  });

  test('a hundred calls on one connection are at the server at the same time (TLS-03)', async () => {
    const connection = await connect(await start());
    const startedAt = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => await connection.call('sleep', { ms: 1_000, index })),
    );
    expect(answers.map((answer) => answer.json())).toEqual(answers.map((_, index) => ({ ms: 1_000, index })));
    // One after the other they would take a hundred seconds.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('large answers on one connection do not shut each other out, and it ends well (TLS-03, TLS-10)', async () => {
    const gateway = await start();
    const connection = await connect(gateway);
    const bytes = 1_000_000;
    const answers = await Promise.all(
      Array.from({ length: 40 }, async () => await connection.call('big', { bytes })),
    );
    expect(answers.map(({ status, text }) => [status, text.length])).toEqual(
      answers.map(() => [200, bytes + 2]),
    );
    // The client has gone, and its connection is not quite closed yet.
    connection.close();
    gateway.signal('SIGTERM');
    expect(await gateway.exited(5_000)).toEqual({ code: 0, signal: null });
  });

  test('progress is streamed (RES-09, TLS-03)', async () => {
    const connection = await connect(await start());
    const { headers, text } = await connection.call(
      'progress',
      { steps: 3 },
      { accept: 'text/event-stream' },
    );
    expect(headers['content-type']).toBe('text/event-stream');
    const events = parseEvents(text).map(({ event }) => event);
    expect(events).toEqual(['progress', 'progress', 'progress', 'result']);
  });

  test('the server is told of a stream that its caller resets (HTTP-17, TLS-05)', async () => {
    const connection = await connect(await start());
    const stream = connection.open('/never', { headers: json });
    stream.on('error', () => undefined).end('{}');
    await inFlight(connection, 1);
    stream.close(constants.NGHTTP2_CANCEL);
    await inFlight(connection, 0);
    await vi.waitFor(async () => {
      const facts = (await connection.call('facts')).json() as { readonly cancelled: readonly object[] };
      expect(facts.cancelled).toHaveLength(1);
    }, eventually);
  });

  test('a certificate that is replaced is shown from then on; calls in flight go on (TLS-07)', async () => {
    const gateway = await start();
    const before = await connect(gateway);
    const call = before.call('sleep', { ms: 4_000 });
    await inFlight(before, 1);
    place('second');
    await vi.waitFor(async () => await connect(gateway, certificates.second.cert), eventually);
    await expect(openHttp2(gateway.port)).rejects.toThrow(/certificate/);
    expect((await call).status).toBe(200);
    expect((await before.call('echo')).status).toBe(200);
    await vi.waitFor(
      () => expect(gateway.logs().map(({ msg }) => msg)).toContain('the certificate was loaded again'),
      eventually,
    );
    expect(gateway.stderr).not.toContain('PRIVATE KEY');
  });
});

describe.skipIf(!isBuilt || process.platform === 'win32')('shutdown over HTTP/2', () => {
  test('calls in flight finish, further ones are asked to go elsewhere, and it exits 0 (HTTP-18, TLS-10)', async () => {
    const gateway = await start();
    const busy = await connect(gateway);
    const idle = await connect(gateway);
    await idle.call('echo');
    const goAways: number[] = [];
    busy.session.on('goaway', (code) => goAways.push(code));
    const call = busy.open('/sleep', { headers: json });
    call.end('{"ms":1500}');
    const stream = busy.call('sleep', { ms: 1_500 }, { accept: 'text/event-stream' });
    await inFlight(busy, 2);
    gateway.signal('SIGTERM');
    await vi.waitFor(() => expect(goAways).toContain(constants.NGHTTP2_NO_ERROR), eventually);
    await vi.waitFor(() => expect([busy, idle].map(({ session }) => session.closed)).toEqual([true, true]));
    await expect(openHttp2(gateway.port)).rejects.toThrow('ECONNREFUSED');
    const { status, text } = await readAnswer(call);
    expect([status, text]).toEqual([200, '{"ms":1500}']);
    expect((await stream).text).toBe('event: result\ndata: {"ms":1500}\n\n');
    const finishedAt = performance.now();
    expect(await gateway.exited()).toEqual({ code: 0, signal: null });
    expect(performance.now() - finishedAt).toBeLessThan(3_000);
  });

  test('idle connections and half-sent requests do not hold it up (HTTP-18, TLS-10)', async () => {
    const gateway = await start();
    const idle = await connect(gateway);
    const half = await connect(gateway);
    half
      .open('/echo', { headers: json })
      .on('error', () => undefined)
      .write('{');
    await half.call('echo');
    const startedAt = performance.now();
    gateway.signal('SIGTERM');
    expect(await gateway.exited()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    for (const { session } of [idle, half]) await vi.waitFor(() => expect(session.destroyed).toBe(true));
  });

  test('calls that outlast --shutdown-timeout get 502, and it exits 1 (HTTP-18, TLS-10)', async () => {
    const gateway = await start(['--shutdown-timeout', '500ms']);
    const connection = await connect(gateway);
    const call = connection.call('never');
    await inFlight(connection, 1);
    gateway.signal('SIGTERM');
    const answer = await within(5_000, call, () => 'an answer');
    expect([answer.status, answer.json()]).toMatchObject([502, { code: 'upstream_unavailable' }]);
    expect(await gateway.exited()).toEqual({ code: 1, signal: null });
  });
});

describe.skipIf(!isBuilt)('a certificate that cannot be used', () => {
  const first = tlsPath('first.cert.pem');
  test.each([
    [
      'that is missing',
      'no.pem',
      tlsPath('first.key.pem'),
      /'no\.pem', given with --ssl-certfile, cannot be read/,
    ],
    [
      'with the key of another',
      first,
      tlsPath('second.key.pem'),
      /--ssl-keyfile, holds a private key of another/,
    ],
    ['with an encrypted key', first, tlsPath('encrypted.key.pem'), /an encrypted private key.*openssl pkey/],
  ])('%s ends the start with 2, before a server is started (TLS-09)', (_what, cert, key, message) => {
    const flags = ['--port', '0', '--ssl-certfile', cert, '--ssl-keyfile', key];
    const { code, stdout, stderr } = runServe([...flags, '--', 'no-such-command']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
