import { Agent } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { contractOf, hasBalancer, startBalancer, type Balancer } from '../fixtures/balancer.ts';
import { callTool } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const eventually = { timeout: 30_000, interval: 20 };
const clients = 12;
const server = [process.execPath, scriptPath('scripted.mjs')];
const hasHaproxy = hasBalancer('haproxy');
const note = hasHaproxy ? '' : ' (skipped: there is no haproxy)';

describe.skipIf(!isBuilt || !hasHaproxy)(`three gateways behind a balancer${note}`, () => {
  const all: GatewayProcess[] = [];
  let balancer: Balancer | undefined;

  afterEach(async () => {
    await balancer?.stop();
    await Promise.all(all.splice(0).map(async (gateway) => await gateway.stop()));
  });

  async function start(port = 0): Promise<GatewayProcess> {
    const gateway = await startGateway(server, { flags: ['--port', String(port), '--drain-delay', '2s'] });
    all.push(gateway);
    return gateway;
  }

  test('are restarted one after the other under load without one failed call (HTTP-35)', async () => {
    const first = await Promise.all([start(), start(), start()]);
    const ports = first.map(({ port }) => port);
    const contract = await contractOf(first[0]);
    const { port } = (balancer = await startBalancer('haproxy', { ports, contract, edit: tryOnce }));
    const everyOne = async (): Promise<void> =>
      await vi.waitFor(async () => expect(await balancer?.live()).toEqual(ports), eventually);
    await everyOne();

    const load = startLoad(port);
    await vi.waitFor(() => expect(load.answered()).toBeGreaterThan(100), eventually);
    for (const gateway of first) {
      gateway.signal('SIGTERM');
      expect(await gateway.exited(30_000)).toEqual({ code: 0, signal: null });
      await start(gateway.port);
      await everyOne();
      const before = load.answered();
      // The balancer deals to it again before the next one goes.
      await vi.waitFor(() => expect(load.answered()).toBeGreaterThan(before + 100), eventually);
    }
    const { calls, wrong } = await load.end();
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThan(500);

    // Each call was made once, by one of the six.
    await vi.waitFor(() => expect(sum(all.map(countCalls))).toBe(calls), eventually);
    expect(all.map(countCalls)).not.toContain(0);
  }, 120_000);
});

/** What a gateway refuses, its caller sees. */
function tryOnce(configuration: string): string {
  return configuration.replace('retries 2', 'retries 0');
}

interface Load {
  /** Calls that were answered as they should. */
  answered(): number;
  /** Lets each client finish its call. */
  end(): Promise<{ readonly calls: number; readonly wrong: readonly unknown[] }>;
}

/** Clients that call one after the other, each on a connection of its own, until they are told to end. */
function startLoad(port: number): Load {
  const wrong: unknown[] = [];
  let [calls, right, isOver] = [0, 0, false];
  const client = async (who: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let step = 0; !isOver; step += 1) {
      // Some are still under way when their gateway is told to end.
      const args = { who, step, ms: step % 20 === 0 ? 700 : 5 };
      calls += 1;
      try {
        const { status, text } = await callTool(port, 'sleep', args, { agent });
        if (status === 200 && text === JSON.stringify(args)) right += 1;
        else wrong.push([args, status, text]);
      } catch (error) {
        wrong.push([args, error]);
      }
    }
    agent.destroy();
  };
  const done = Promise.all(Array.from({ length: clients }, async (_, who) => await client(who)));
  return {
    answered: () => right,
    async end() {
      isOver = true;
      await done;
      return { calls, wrong };
    },
  };
}

function countCalls(gateway: GatewayProcess): number {
  return gateway.logs().filter(({ tool }) => tool === 'sleep').length;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
