import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  contractOf,
  hasBalancer,
  startBalancer,
  type Balancer,
  type BalancerName,
} from '../fixtures/balancer.ts';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { startKeyedLoad } from '../fixtures/keyed-load.ts';
import { hasRedis, startRedis, type RedisServer } from '../fixtures/redis-server.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const eventually = { timeout: 30_000, interval: 20 };
const balancers: readonly BalancerName[] = ['haproxy', 'nginx', 'envoy'];
const isThere = new Map(balancers.map((name) => [name, hasBalancer(name)]));

describe.skipIf(!isBuilt || !hasRedis)(
  'three gateways and a Redis (skipped: there is no redis-server)',
  () => {
    const gateways: GatewayProcess[] = [];
    let folder: string;
    let redis: RedisServer;
    let balancer: Balancer | undefined;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'mcpo-many-'));
      redis = await startRedis();
    });
    afterEach(async () => {
      await balancer?.stop();
      await Promise.all(gateways.splice(0).map(async (gateway) => await gateway.stop()));
      await redis.stop();
      rmSync(folder, { recursive: true });
    });

    const start = async (...more: readonly string[]): Promise<GatewayProcess> => {
      const server = [process.execPath, scriptPath('recording.mjs'), recordsIn(folder), ...more];
      const gateway = await startGateway(server, { flags: ['--redis-url', redis.url, ...failing] });
      gateways.push(gateway);
      return gateway;
    };
    let failing: readonly string[] = [];
    const startAll = async (
      name: BalancerName,
      flags: readonly string[] = [],
      others: readonly GatewayProcess[] = [],
    ): Promise<{ readonly port: number; readonly three: readonly GatewayProcess[] }> => {
      failing = flags;
      const three = await Promise.all([start(), start(), start()]);
      const ports = [...three, ...others].map(({ port }) => port);
      balancer = await startBalancer(name, { ports, contract: await contractOf(three[0]) });
      await isLive(three.map(({ port }) => port));
      return { port: balancer.port, three };
    };
    const isLive = async (ports: readonly number[]): Promise<void> =>
      await vi.waitFor(async () => expect(await balancer?.live()).toEqual(ports), eventually);

    test.for(balancers)(
      'one dies under load behind %s: each call has its own answer or a documented loss, and none is made twice',
      { timeout: 120_000 },
      async (name, { skip }) => {
        skip(isThere.get(name) !== true, `there is no ${name}`);
        const other = await start('of_another_contract');
        const { port, three } = await startAll(name, [], [other]);

        // A third of them at the least is under way at one gateway; the call of each outlives it.
        const load = startKeyedLoad(port, { slow: 9, slowMs: 4_000, clients: 12 });
        await vi.waitFor(() => expect(readRecords(folder).filter(isSlow)).toHaveLength(9), eventually);
        await vi.waitFor(() => expect(load.answered()).toBeGreaterThan(100), eventually);
        const busy = await Promise.all(three.map(inFlightAt));
        const victim = three[busy.indexOf(Math.max(...busy))];
        victim?.signal('SIGKILL');
        await isLive(three.filter((gateway) => gateway !== victim).map((gateway) => gateway.port));
        const before = load.answered();
        await vi.waitFor(() => expect(load.answered()).toBeGreaterThan(before + 200), eventually);
        const calls = await load.end();

        const made = countBy(readRecords(folder));
        expect([...made].filter(([, times]) => times > 1)).toEqual([]);
        expect(
          calls.filter(({ outcome }) => outcome === 'answered').filter(({ entry }) => made.get(entry) !== 1),
        ).toEqual([]);
        expect(
          calls.filter(({ outcome }) => outcome === 'not_sent').filter(({ entry }) => made.has(entry)),
        ).toEqual([]);
        expect(calls.filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
        // Nobody has been told of what was never asked for.
        expect([...made.keys()].filter((entry) => !calls.some((call) => call.entry === entry))).toEqual([]);

        const lost = calls.filter(({ outcome }) => outcome === 'lost' || outcome === 'unknown');
        expect(lost.filter(({ entry }) => isSlow(entry)).length).toBeGreaterThanOrEqual(3);
        // One at a time by each client, and only at the gateway that died.
        expect(lost.length).toBeLessThanOrEqual(9 + 12);
        expect(lost.filter(({ key, outcome }) => (key === undefined) !== (outcome === 'lost'))).toEqual([]);
        expect(other.logs().filter((line) => line['tool'] !== undefined)).toEqual([]);
      },
    );

    test.for(['open', 'closed'] as const)(
      'Redis dies under load, and comes back: calls without a key do not notice, with one they go by --redis-fail %s',
      { timeout: 120_000 },
      async (fail, { skip }) => {
        skip(isThere.get('haproxy') !== true, 'there is no haproxy');
        const { port } = await startAll('haproxy', ['--redis-fail', fail]);
        const load = startKeyedLoad(port, { clients: 12 });
        await vi.waitFor(() => expect(load.answered()).toBeGreaterThan(100), eventually);
        await redis.stop();
        const before = load.answered();
        const refusedBefore = load.refused();
        await vi.waitFor(() => {
          expect(load.answered()).toBeGreaterThan(before + 200);
          expect(load.refused()).toBeGreaterThanOrEqual(refusedBefore + (fail === 'closed' ? 20 : 0));
        }, eventually);
        const { port: at } = redis;
        redis = await startRedis(at);
        await vi.waitFor(async () => {
          for (const gateway of gateways)
            expect((await send(gateway.port, '/readyz', { method: 'GET' })).json()).toMatchObject({
              redis: { state: 'up' },
            });
        }, eventually);
        const refused = load.refused();
        const calls = await load.end();

        const made = countBy(readRecords(folder));
        expect(calls.filter(({ outcome }) => outcome !== 'answered')).toEqual([]);
        expect(calls.filter(({ entry }) => made.get(entry) !== 1)).toEqual([]);
        expect(made.size).toBe(calls.length);
        expect(refused > 0).toBe(fail === 'closed');
      },
    );
  },
);

function recordsIn(folder: string): string {
  return join(folder, 'records');
}

function readRecords(folder: string): readonly string[] {
  const file = recordsIn(folder);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function isSlow(entry: string): boolean {
  return entry.startsWith('slow');
}

function countBy(entries: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return counts;
}

async function inFlightAt({ port }: GatewayProcess): Promise<number> {
  const answer = await send(port, '/readyz', { method: 'GET' });
  // The shape is what tests of /readyz are about.
  const { servers } = answer.json() as {
    readonly servers: Readonly<Record<string, { readonly inFlight: number }>>;
  };
  return Object.values(servers)[0]?.inFlight ?? 0;
}
