import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { HttpOptions } from '../../../src/http/server.ts';
import { countFiles } from '../../fixtures/gateway-process.ts';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { openRaw, post, type RawAnswer, type RawConnection } from '../../fixtures/raw-http.ts';
import { createTestGateway, type TestGateway } from '../../fixtures/test-gateway.ts';

/** A gateway on a real port, whose tests leave nothing open. */
export interface ListeningGateway extends TestGateway {
  /** A connection that is closed at the end of the test. */
  connect(): Promise<RawConnection>;
  /** Sends bytes on a connection of their own and reads one answer. */
  exchange(bytes: string): Promise<RawAnswer>;
  /** Connections that the server holds. */
  connections(): Promise<number>;
  /** The log line of a call, once it is settled. */
  lineOf(requestId: string): object | undefined;
}

/**
 * Serves tools on a port for all tests of a file. After each test its connections are closed; then pending calls,
 * file descriptors and active handles must be back to where they were.
 *
 * @returns a function, since the gateway exists only while tests run
 */
export function useListeningGateway(
  tools: readonly ScriptedTool[],
  options: Partial<HttpOptions> = {},
): () => ListeningGateway {
  let gateway: ListeningGateway | undefined;
  let open: RawConnection[] = [];
  let before: { readonly files: number | undefined; readonly handles: Record<string, number> };

  const get = (): ListeningGateway => {
    if (gateway === undefined) throw new Error('the gateway exists only while tests run');
    return gateway;
  };
  const closeAll = async (): Promise<void> => {
    for (const connection of open) connection.destroy();
    open = [];
    await vi.waitFor(async () => expect(await get().connections()).toBe(0), { timeout: 5_000, interval: 10 });
  };

  beforeAll(async () => {
    const parts = await createTestGateway(tools, options);
    gateway = await listen(parts, (connection) => open.push(connection));
    // What the first answer brings to life once is no leak.
    await gateway.exchange(post(`/${tools[0]?.name}`, '{}'));
    await closeAll();
    before = { files: countFiles('self'), handles: activeHandles() };
  });

  afterEach(async () => {
    await closeAll();
    await vi.waitFor(
      () => {
        expect(get().upstream.inFlight).toBe(0);
        expect(countFiles('self')).toBe(before.files);
        expect(activeHandles()).toEqual(before.handles);
      },
      { timeout: 5_000, interval: 20 },
    );
  });

  afterAll(async () => await get().app.close());
  return get;
}

async function listen(
  parts: TestGateway,
  onOpen: (connection: RawConnection) => void,
): Promise<ListeningGateway> {
  const { app } = parts;
  await app.listen({ host: '127.0.0.1', port: 0 });
  // A TCP server that listens has an AddressInfo.
  const { port } = app.server.address() as AddressInfo;
  const connect = async (): Promise<RawConnection> => {
    const connection = await openRaw(port);
    onOpen(connection);
    return connection;
  };
  return {
    ...parts,
    connect,
    async exchange(bytes) {
      const connection = await connect();
      connection.write(bytes);
      return await connection.answer();
    },
    connections: async () =>
      await new Promise((resolve, reject) => {
        app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    lineOf: (requestId) =>
      parts.logs
        .map((line) => JSON.parse(line) as { requestId?: string; msg: string })
        .find((line) => line.requestId === requestId && line.msg === 'call'),
  };
}

/** What keeps the process alive of the kinds that we open; timers come and go with the test runner's own. */
function activeHandles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    if (name.startsWith('TCP') || name.startsWith('HTTP')) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
