import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import {
  isBuilt,
  spawnGateway,
  startGateway,
  type GatewayProcess,
  type GatewayProcessOptions,
} from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';
import { scriptPath, isAlive } from '../fixtures/scripted-upstream.ts';

const eventually = { timeout: 20_000, interval: 25 };
const folder = mkdtempSync(join(tmpdir(), 'mcpo-configuration-'));
const scripted = { command: process.execPath, args: [scriptPath('scripted.mjs')] };

let gateway: GatewayProcess | undefined;
let files = 0;

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Written beside and renamed over, as careful editors do. */
function write(path: string, servers: object | string): void {
  const text = typeof servers === 'string' ? servers : JSON.stringify({ mcpServers: servers }, undefined, 2);
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
}

async function start(
  servers: object,
  { flags = [], env = {} }: GatewayProcessOptions = {},
): Promise<{ running: GatewayProcess; file: string }> {
  files += 1;
  const file = join(folder, `servers-${files}.json`);
  write(file, servers);
  const running = await startGateway(undefined, { flags: ['--config', file, ...flags], env });
  gateway = running;
  return { running, file };
}

async function post(running: GatewayProcess, path: string, args: unknown = {}): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json' };
  return await send(running.port, path, { body: JSON.stringify(args), headers });
}

async function get(running: GatewayProcess, path: string): Promise<HttpAnswer> {
  return await send(running.port, path, { method: 'GET' });
}

interface ReadyBody {
  readonly status: string;
  readonly servers: Readonly<Record<string, { readonly state: string; readonly reason?: string }>>;
}

async function readyz(running: GatewayProcess): Promise<ReadyBody & { readonly code: number }> {
  const answer = await get(running, '/readyz');
  return { code: answer.status, ...(answer.json() as ReadyBody) };
}

async function pidOf(running: GatewayProcess, server: string): Promise<number> {
  const facts = (await post(running, `/${server}/facts`)).json() as { readonly pid: number };
  return facts.pid;
}

async function echoes(running: GatewayProcess, server: string, status = 200): Promise<void> {
  await vi.waitFor(
    async () => expect((await post(running, `/${server}/echo`, { to: server })).status).toBe(status),
    eventually,
  );
}

describe.skipIf(!isBuilt || process.platform === 'win32')('servers of a configuration', () => {
  test('answer under their names, and are one document together', async () => {
    const { running } = await start(
      { one: { ...scripted, env: { SECRET: '${TOKEN}' } }, two: scripted },
      { env: { TOKEN: 's3cret' } },
    );
    expect(running.ready.servers).toEqual(['one', 'two']);
    expect((await post(running, '/one/echo', { a: 1 })).json()).toEqual({ a: 1 });
    expect((await post(running, '/two/echo', { a: 2 })).json()).toEqual({ a: 2 });
    const { paths } = (await get(running, '/openapi.json')).json() as { readonly paths: object };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/one/echo', '/two/echo']));
    const own = (await get(running, '/one/openapi.json')).json() as { readonly paths: object };
    expect(Object.keys(own.paths)).toContain('/echo');
    expect((await post(running, '/three/echo')).status).toBe(404);
  });

  test('that cannot be reached are told, tried again, and hold up nobody', async () => {
    const hanging = { ...scripted, env: { SCRIPT: 'hang' } };
    const { running } = await start({
      live: scripted,
      missing: { command: 'no-such-command-anywhere' },
      hanging,
    });
    await echoes(running, 'live');
    await vi.waitFor(async () => {
      const { code, status, servers } = await readyz(running);
      expect({ code, status }).toEqual({ code: 200, status: 'degraded' });
      expect(servers['missing']?.state).toBe('restarting');
      expect(servers['missing']?.reason).toContain('no-such-command-anywhere');
      // It has answered nothing, and the others have long been up.
      expect(servers['hanging']?.state).toBe('connecting');
    }, eventually);
    expect((await post(running, '/missing/echo')).json()).toMatchObject({ code: 'upstream_not_ready' });
    expect((await post(running, '/hanging/echo')).json()).toMatchObject({ code: 'upstream_not_ready' });
  });

  test('that cannot be reached at all leave the process running, and not ready', async () => {
    const { running } = await start({ missing: { command: 'no-such-command-anywhere' } });
    await vi.waitFor(async () => expect((await readyz(running)).code).toBe(503), eventually);
    expect((await get(running, '/healthz')).status).toBe(200);
  });

  test('that are required keep the gateway from being ready', async () => {
    const { running } = await start({
      live: scripted,
      missing: { command: 'no-such-command-anywhere', required: true },
    });
    await echoes(running, 'live');
    expect((await readyz(running)).code).toBe(503);
  });

  test('are forty as soon as each of them is, whatever ten dead ones do', async () => {
    const entries = Array.from({ length: 50 }, (_, index): [string, object] => {
      if (index % 5 !== 4) return [`live-${index}`, scripted];
      return [
        `dead-${index}`,
        index % 10 === 4 ? { ...scripted, env: { SCRIPT: 'hang' } } : { command: 'nothing' },
      ];
    });
    const { running } = await start(Object.fromEntries(entries));
    await vi.waitFor(
      async () => {
        const states = Object.entries((await readyz(running)).servers);
        const live = states.filter(([name, { state }]) => name.startsWith('live') && state === 'ready');
        expect(live).toHaveLength(40);
        // Five hang and have not been given up: nobody waited for them.
        expect(states.filter(([, { state }]) => state === 'connecting')).toHaveLength(5);
      },
      { ...eventually, timeout: 50_000 },
    );
    await Promise.all(
      entries.filter(([name]) => name.startsWith('live')).map(async ([name]) => await echoes(running, name)),
    );
  }, 90_000);

  test('have only the tools that they are to have', async () => {
    const { running } = await start({
      few: { ...scripted, enabledTools: ['echo', 'facts'] },
      less: { ...scripted, disabledTools: ['echo', 'ehco'] },
    });
    await echoes(running, 'few');
    expect((await post(running, '/few/sleep', { ms: 1 })).status).toBe(404);
    expect((await post(running, '/less/echo')).status).toBe(404);
    expect((await post(running, '/less/sleep', { ms: 1 })).status).toBe(200);
    await vi.waitFor(
      () =>
        expect(running.logs()).toContainEqual(expect.objectContaining({ server: 'less', unknown: ['ehco'] })),
      eventually,
    );
  });

  test('have a time for their calls of their own', async () => {
    const { running } = await start({ short: { ...scripted, timeout: '200ms' }, long: scripted });
    expect((await post(running, '/short/never')).status).toBe(504);
    expect((await post(running, '/long/sleep', { ms: 400 })).status).toBe(200);
  });
});

describe.skipIf(!isBuilt || process.platform === 'win32')('a configuration that changes', () => {
  test('adds, changes and removes servers, and drops no call of the others', async () => {
    const { running, file } = await start(
      { kept: scripted, changed: scripted, removed: scripted },
      { flags: ['--hot-reload'] },
    );
    const before = { kept: await pidOf(running, 'kept'), changed: await pidOf(running, 'changed') };
    const removedPid = await pidOf(running, 'removed');
    const slow = [
      post(running, '/kept/sleep', { ms: 2_500 }),
      post(running, '/changed/sleep', { ms: 2_500 }),
      post(running, '/removed/sleep', { ms: 2_500 }),
    ];
    write(file, { kept: scripted, changed: { ...scripted, env: { NEW: '1' } }, added: scripted });
    await echoes(running, 'added');
    await echoes(running, 'removed', 404);
    await vi.waitFor(
      async () => expect(await pidOf(running, 'changed')).not.toBe(before.changed),
      eventually,
    );
    expect(await pidOf(running, 'kept')).toBe(before.kept);
    const answers = await Promise.all(slow);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await vi.waitFor(() => {
      expect(isAlive(removedPid)).toBe(false);
      expect(isAlive(before.changed)).toBe(false);
    }, eventually);
  });

  test('that names a server which cannot be reached leaves the one before in service', async () => {
    const { running, file } = await start({ it: scripted }, { flags: ['--hot-reload'] });
    const pid = await pidOf(running, 'it');
    write(file, { it: { command: 'no-such-command-anywhere' } });
    await vi.waitFor(() => expect(running.stderr).toContain('no-such-command-anywhere'), eventually);
    expect(await pidOf(running, 'it')).toBe(pid);
    write(file, { it: { ...scripted, env: { MENDED: '1' } } });
    await vi.waitFor(async () => expect(await pidOf(running, 'it')).not.toBe(pid), eventually);
  });

  test('in what is served alone restarts nothing', async () => {
    const { running, file } = await start({ it: scripted }, { flags: ['--hot-reload'] });
    const pid = await pidOf(running, 'it');
    write(file, { it: { ...scripted, disabledTools: ['sleep'] } });
    await vi.waitFor(
      async () => expect((await post(running, '/it/sleep', { ms: 1 })).status).toBe(404),
      eventually,
    );
    expect(await pidOf(running, 'it')).toBe(pid);
  });

  test('with a mistake in it keeps what runs and says why', async () => {
    const { running, file } = await start({ it: scripted }, { flags: ['--hot-reload'] });
    const pid = await pidOf(running, 'it');
    write(file, '{"mcpServers": {"it": {"comand": "x"}},}');
    await vi.waitFor(
      () =>
        expect(running.logs().map(({ msg }) => msg)).toContainEqual(
          expect.stringMatching(/:1:\d+: .*command/),
        ),
      eventually,
    );
    expect(await pidOf(running, 'it')).toBe(pid);
    write(file, { it: scripted, more: scripted });
    await echoes(running, 'more');
    expect(await pidOf(running, 'it')).toBe(pid);
  });

  test('is loaded once on SIGHUP, without watching', async () => {
    const { running, file } = await start({ it: scripted });
    write(file, { it: scripted, more: scripted });
    running.signal('SIGHUP');
    await echoes(running, 'more');
    expect((await readyz(running)).servers).toHaveProperty('it');
  });

  test('behind the links of a mounted ConfigMap is followed', async () => {
    const mount = mkdtempSync(join(folder, 'mount-'));
    const release = (name: string, servers: object): void => {
      mkdirSync(join(mount, name));
      writeFileSync(join(mount, name, 'servers.json'), JSON.stringify({ mcpServers: servers }));
      symlinkSync(name, join(mount, '..data_tmp'));
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
    };
    release('..1', { it: scripted });
    symlinkSync(join('..data', 'servers.json'), join(mount, 'servers.json'));
    gateway = await startGateway(undefined, {
      flags: ['--config', join(mount, 'servers.json'), '--hot-reload'],
    });
    release('..2', { it: scripted, more: scripted });
    await echoes(gateway, 'more');
    expect((await readyz(gateway)).servers).toHaveProperty('it');
  });
});

describe.skipIf(!isBuilt || process.platform === 'win32')(
  'a gateway that is told to end while it starts',
  () => {
    test('ends, with what it has started', async () => {
      files += 1;
      const file = join(folder, `servers-${files}.json`);
      write(file, { hanging: { ...scripted, env: { SCRIPT: 'hang,pid' } } });
      const started = spawnGateway(undefined, { flags: ['--port', '0', '--config', file] });
      const pid = await vi.waitFor(() => {
        const line = started.logs().find(({ stream }) => stream === 'stderr');
        expect(line?.msg).toMatch(/^\d+$/);
        return Number(line?.msg);
      }, eventually);
      expect(started.stdout).toBe('');
      started.signal('SIGTERM');
      expect(await started.exited(5_000)).toEqual({ code: 0, signal: null });
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false), eventually);
    });
  },
);

describe.skipIf(!isBuilt)('a configuration that cannot be used', () => {
  test('is told with every mistake and its place, and exit code 2', async () => {
    const file = join(folder, 'wrong.json');
    write(file, { a: { comand: 'x' }, docs: { command: 'x' }, c: { url: 'ftp://x', command: 'y' } });
    const started = spawnGateway(undefined, { flags: ['--config', file] });
    expect((await started.exited()).code).toBe(2);
    expect(started.stderr).toMatch(/mistakes in '/);
    expect(started.stderr).toMatch(/wrong\.json:4:\d+: .*comand.*command/);
    expect(started.stderr.trim().split('\n').length).toBeGreaterThan(3);
  });
});
