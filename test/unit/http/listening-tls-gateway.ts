import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { HttpOptions } from '../../../src/http/server.ts';
import { parseCertificate, type Certificate } from '../../../src/http/tls/tls-certificate.ts';
import { openHttp2, type Http2Connection } from '../../fixtures/http2-client.ts';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { createTestGateway, type TestGateway } from '../../fixtures/test-gateway.ts';
import { certificates, type TestCertificate } from '../../fixtures/tls.ts';

/** A gateway with a certificate on a real port. */
export interface TlsGateway extends TestGateway {
  readonly port: number;
  /** A connection that is closed at the end of the test. */
  connect(): Promise<Http2Connection>;
  /** The log line of a call, once it is settled. */
  lineOf(requestId: string): object | undefined;
}

/** A certificate of the tests as the gateway reads it. */
export function toCertificate({ cert, key }: TestCertificate): Certificate {
  const outcome = parseCertificate(cert, key);
  if (outcome.kind === 'fault') throw new Error(outcome.detail);
  return outcome.certificate;
}

/** Serves tools over TLS for all tests of a file; returns a function, since the gateway exists only while tests run. */
export function useTlsGateway(
  tools: readonly ScriptedTool[],
  options: Partial<HttpOptions> = {},
): () => TlsGateway {
  let gateway: TlsGateway | undefined;
  let open: Http2Connection[] = [];
  beforeAll(async () => {
    const parts = await createTestGateway(tools, {
      certificate: toCertificate(certificates.first),
      ...options,
    });
    await parts.app.listen({ host: '127.0.0.1', port: 0 });
    // A TCP server that listens has an AddressInfo.
    const { port } = parts.app.server.address() as AddressInfo;
    gateway = {
      ...parts,
      port,
      async connect() {
        const connection = await openHttp2(port);
        open.push(connection);
        return connection;
      },
      lineOf: (requestId) =>
        parts.logs
          .map((line) => JSON.parse(line) as { requestId?: string; msg: string })
          .find((line) => line.requestId === requestId && line.msg === 'call'),
    };
  });
  afterEach(() => {
    for (const connection of open) connection.close();
    open = [];
  });
  afterAll(async () => await gateway?.app.close());
  return () => {
    if (gateway === undefined) throw new Error('the gateway exists only while tests run');
    return gateway;
  };
}
