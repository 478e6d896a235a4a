import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  checkHaproxy,
  contractOf,
  hasBalancer,
  startBalancer,
  type Balancer,
  type BalancerName,
} from '../fixtures/balancer.ts';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';
import { startStandIn, type StandIn } from '../fixtures/stand-in-gateway.ts';

const eventually = { timeout: 30_000, interval: 20 };
const names: readonly BalancerName[] = ['haproxy', 'nginx', 'envoy'];
const users = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `user-${index}`);
const withKey = (user: string): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { 'x-openwebui-user-id': user },
});

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'mcpo-balancers-'))));
afterAll(() => rmSync(folder, { recursive: true }));

interface Facts {
  readonly pid: number;
}

describe.skipIf(!hasBalancer('haproxy'))('haproxy with gateways whose names nobody knows', () => {
  test.each([
    ['as it is', (text: string) => text],
    [
      'with addresses followed',
      (text: string) => text.replaceAll(/^( *)#(?=resolvers|default-server| {2}parse)/gm, '$1'),
    ],
  ])('starts without them, %s', (_name, edit) => {
    const file = join(folder, 'names.cfg');
    const text = edit(readFileSync(new URL('../../deploy/balancers/haproxy.cfg', import.meta.url), 'utf8'));
    writeFileSync(file, text.replaceAll(/ gateway-(\d):8000/g, ' gateway-$1.invalid:8000'));
    const { status, stderr } = checkHaproxy(file);
    expect([status, stderr.match(/disabling server/g)?.length]).toEqual([0, 3]);
  });
});

describe.each(names)('%s', (name) => {
  const isThere = hasBalancer(name);
  const note = isThere ? '' : ` (skipped: there is no ${name})`;
  let balancer: Balancer | undefined;
  const isLive = async (ports: readonly number[]): Promise<void> =>
    await vi.waitFor(async () => expect(await balancer?.live()).toEqual(ports), eventually);
  afterEach(async () => {
    await balancer?.stop();
    balancer = undefined;
  });

  describe.skipIf(!isThere || !isBuilt)(`before three gateways${note}`, () => {
    const gateways: GatewayProcess[] = [];
    afterEach(async () => void (await Promise.all(gateways.splice(0).map(async (one) => await one.stop()))));

    const start = async (port = 0, server = 'scripted.mjs'): Promise<GatewayProcess> => {
      const to = { command: process.execPath, args: [scriptPath(server)] };
      const config = join(folder, `${server}.json`);
      const session = { key: 'header:x-openwebui-user-id' };
      writeFileSync(config, JSON.stringify({ mcpServers: { shared: to, own: { ...to, session } } }));
      const flags = ['--config', config, '--port', String(port), '--drain-delay', '2s'];
      const gateway = await startGateway(undefined, { flags });
      gateways.push(gateway);
      return gateway;
    };
    test('keeps each user at one process; a gateway that goes takes only its own users along, and gets them back', async () => {
      const three = await Promise.all([start(), start(), start()]);
      const [first, ...others] = three;
      const ports = three.map(({ port }) => port);
      const { port } = (balancer = await startBalancer(name, { ports, contract: await contractOf(first) }));
      await isLive(ports);

      const own = users(6);
      const processes = await Promise.all(own.map(async (user) => await processOf(port, 'own', user)));
      expect(new Set(processes).size).toBe(own.length);
      for (const [index, user] of own.entries())
        expect(await processOf(port, 'own', user)).toBe(processes[index]);

      const many = users(120);
      const before = await placesOf(port, many);
      expect(await placesOf(port, many)).toEqual(before);
      const served = await Promise.all(three.map(async (one) => await processOf(one.port, 'shared', 'me')));
      // Two thirds of a fair share at least.
      for (const pid of served) expect(before.filter((place) => place === pid).length).toBeGreaterThan(26);

      first.signal('SIGTERM');
      await isLive(others.map((one) => one.port));
      const meanwhile = await placesOf(port, many);
      const [gone, ...left] = served;
      const moved = before.filter((place, index) => place !== gone && meanwhile[index] !== place);
      // Maglev promises little disturbance, the rings of the others none.
      expect(moved.length).toBeLessThanOrEqual(name === 'envoy' ? 5 : 0);
      const heirs = meanwhile.filter((_, index) => before[index] === gone);
      expect(new Set(heirs)).toEqual(new Set(left));

      expect(await first.exited(30_000)).toMatchObject({ code: 0 });
      const again = await start(first.port);
      await isLive(ports);
      const [back] = await placesOf(again.port, ['me']);
      expect(await placesOf(port, many)).toEqual(before.map((place) => (place === gone ? back : place)));
    }, 90_000);

    test('asks nothing of a gateway that has another contract, not even when it is the only one', async () => {
      const [one, other] = await Promise.all([start(), start(0, 'typed.mjs')]);
      const ports = [one.port, other.port];
      const { port } = (balancer = await startBalancer(name, { ports, contract: await contractOf(one) }));
      await isLive([one.port]);
      const pid = await processOf(one.port, 'shared', 'me');
      expect(new Set(await placesOf(port, users(40)))).toEqual(new Set([pid]));
      one.signal('SIGKILL');
      await isLive([]);
      for (const user of users(10))
        expect((await callTool(port, 'shared/facts', {}, withKey(user))).status).toBeGreaterThanOrEqual(502);
      expect(other.logs().filter((line) => line['tool'] !== undefined)).toEqual([]);
    }, 60_000);
  });

  describe.skipIf(!isThere)(`before stand-ins for gateways${note}`, () => {
    const standIns: StandIn[] = [];
    afterEach(async () => void (await Promise.all(standIns.splice(0).map(async (one) => await one.stop()))));

    const begin = async (count = 3, isAsking = true): Promise<number> => {
      standIns.push(...(await Promise.all(Array.from({ length: count }, async () => await startStandIn()))));
      const ports = standIns.map(({ port }) => port);
      balancer = await startBalancer(name, { ports, contract: 'x', isAsking });
      await isLive(ports);
      return balancer.port;
    };
    const seen = (path: string): StandIn['requests'] =>
      standIns.flatMap(({ requests }) => requests.filter(({ url }) => url === path));

    test('sends a call that may have been made again only under an Idempotency-Key, and then elsewhere', async () => {
      const port = await begin();
      for (const user of users(2)) {
        const path = `hang-up/${user}`;
        expect((await callTool(port, path, {}, withKey(user))).status).toBe(502);
        expect(seen(`/${path}`)).toHaveLength(1);
      }
      const headers = { ...withKey('somebody').headers, 'idempotency-key': randomUUID() };
      expect(await callTool(port, 'hang-up-once', { some: 'thing' }, { headers })).toMatchObject({
        status: 200,
        text: '{}',
      });
      const made = seen('/hang-up-once');
      expect(made).toHaveLength(2);
      for (const one of made) expect(one).toMatchObject({ headers, body: '{"some":"thing"}' });
      expect(standIns.filter(({ requests }) => requests.some((one) => made.includes(one)))).toHaveLength(2);
    }, 60_000);

    test('tells who calls, and from where, by its own word', async () => {
      const port = await begin();
      const headers = {
        host: 'tools.example.com',
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'gopher',
        'x-forwarded-prefix': '/evil',
      };
      await callTool(port, 'echo', {}, { headers });
      expect(seen('/echo').map((request) => request.headers)).toMatchObject([
        {
          host: 'tools.example.com',
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-host': 'tools.example.com',
          'x-forwarded-proto': 'http',
        },
      ]);
      expect(seen('/echo')[0]?.headers).not.toHaveProperty('x-forwarded-prefix');
      // Callers without anything that tells them apart are dealt out.
      await Promise.all(users(60).map(async () => await callTool(port, 'echo')));
      for (const { requests } of standIns) expect(requests.length).toBeGreaterThan(0);
    }, 60_000);

    test('passes events on as they come, and the end of a caller', async () => {
      const port = await begin();
      const patience = new AbortController();
      const firstEvent = new Promise<string>((resolve) => {
        const options = { signal: patience.signal, onChunk: resolve };
        void callTool(port, 'stream', {}, options).catch(() => undefined);
      });
      expect(await firstEvent).toBe('event: progress\ndata: {}\n\n');
      expect(seen('/stream').map(({ isOver }) => isOver())).toEqual([false]);
      patience.abort();
      await vi.waitFor(
        () => expect(seen('/stream').map(({ isOver }) => isOver())).toEqual([true]),
        eventually,
      );
    }, 60_000);

    test('goes on without those that refuse connections, and nobody notices', async () => {
      const port = await begin();
      await standIns[0]?.stop();
      const answers = await Promise.all(
        users(60).map(async (user) => await callTool(port, 'echo', {}, withKey(user))),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }, 60_000);

    test.runIf(name === 'nginx')(
      'goes back to one that refused connections as soon as it takes them, though nothing asks',
      async () => {
        const port = await begin(2, false);
        const [one, other] = standIns;
        if (one === undefined || other === undefined) throw new Error('two were started');
        const ask = async (user: string): Promise<number> =>
          (await callTool(port, 'echo', {}, withKey(user))).status;
        await one.stop();
        for (const user of users(24)) expect(await ask(user)).toBe(200);
        standIns[0] = await startStandIn(one.port);
        await other.stop();
        expect(new Set(await Promise.all(users(20).map(ask)))).toEqual(new Set([200]));
      },
      60_000,
    );
  });
});

async function processOf(port: number, server: 'shared' | 'own', user: string): Promise<number> {
  const answer = await callTool(port, `${server}/facts`, {}, withKey(user));
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('pid')]);
  return (answer.json() as Facts).pid;
}

async function placesOf(port: number, among: readonly string[]): Promise<readonly number[]> {
  return await Promise.all(among.map(async (user) => await processOf(port, 'shared', user)));
}
