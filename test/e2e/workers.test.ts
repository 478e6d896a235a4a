import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { childrenOf, parentOf } from '../fixtures/child-processes.ts';
import { parseExposition } from '../fixtures/exposition.ts';
import { isBuilt, runServe, spawnGateway } from '../fixtures/gateway-process.ts';
import { isAlive, scriptPath } from '../fixtures/scripted-upstream.ts';
import { openLine, openLines, type WorkerLine } from '../fixtures/worker-lines.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const eventually = { timeout: 30_000, interval: 50 };
const all: ScriptedGateway[] = [];

afterEach(async () => {
  await Promise.all(all.splice(0).map(async ({ process: gateway }) => await gateway.stop()));
});

async function start(flags: readonly string[] = [], server?: readonly string[]): Promise<ScriptedGateway> {
  const gateway = await startScripted({ flags: ['--workers', '2', ...flags] }, server);
  all.push(gateway);
  return gateway;
}

async function readiness(
  gateway: ScriptedGateway,
): Promise<{ readonly code: number } & Record<string, unknown>> {
  const answer = await gateway.get('/readyz');
  return { ...(answer.json() as Record<string, unknown>), code: answer.status };
}

async function counted(gateway: ScriptedGateway, name: string): Promise<number> {
  const families = parseExposition((await gateway.get('/metrics')).text);
  return (families.get(name)?.samples ?? []).reduce((total, { value }) => total + value, 0);
}

async function complete(gateway: ScriptedGateway): Promise<void> {
  await vi.waitFor(
    async () => expect(await readiness(gateway)).toMatchObject({ code: 200, status: 'ready' }),
    eventually,
  );
}

describe.skipIf(!isBuilt || process.platform !== 'linux')('two workers', () => {
  test('serve one port, and say so once (WORK-01)', async () => {
    const gateway = await start(['--host', '0.0.0.0']);
    const [one, two] = await openLines(gateway.port);
    expect([one.worker, two.worker].map(parentOf)).toEqual([gateway.process.pid, gateway.process.pid]);
    expect(await readiness(gateway)).toMatchObject({
      status: 'ready',
      workers: { total: 2, ready: 2, keptOut: 0, replaced: 0 },
    });
    expect(gateway.process.stdout.match(/\n/g)).toHaveLength(1);
    expect(gateway.process.ready).toMatchObject({ servers: ['scripted'], pid: gateway.process.pid });
    await vi.waitFor(() => {
      const calls = gateway.process.logs().filter(({ msg }) => msg === 'call');
      expect(new Set(calls.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
    }, eventually);
    const warnings = gateway.process.logs().filter(({ msg }) => msg.startsWith('anybody who reaches'));
    expect(warnings).toHaveLength(1);
  });

  test('count as one, and go on counting from there when one has died (WORK-03)', async () => {
    const gateway = await start();
    const [one, two] = await openLines(gateway.port);
    for (const line of [one, two, one, two, one]) expect((await line.call('echo')).status).toBe(200);
    const before = await counted(gateway, 'mcpo_calls_total');
    expect(before).toBeGreaterThanOrEqual(7);
    expect(await counted(gateway, 'mcpo_workers')).toBe(2);
    process.kill(one.worker, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(one.worker)).toBe(false), eventually);
    await two.call('echo');
    await vi.waitFor(
      async () => expect(await counted(gateway, 'mcpo_calls_total')).toBe(before + 1),
      eventually,
    );
    await complete(gateway);
    expect(await counted(gateway, 'mcpo_calls_total')).toBe(before + 1);
    expect(await counted(gateway, 'mcpo_workers_replaced_total')).toBe(1);
  });

  test('one that is killed under load takes its own calls with it alone, and is replaced (WORK-02, WORK-04)', async () => {
    const gateway = await start();
    const [one] = await openLines(gateway.port);
    const failures: { readonly worker: number }[] = [];
    const statuses = new Set<number>();
    let [right, isOver] = [0, false];
    const client = async (): Promise<void> => {
      let line = await openLine(gateway.port);
      while (!isOver) {
        try {
          const { status } = await line.call('sleep', { ms: 5 });
          statuses.add(status);
          right += 1;
        } catch {
          failures.push({ worker: line.worker });
          line = await openLine(gateway.port);
        }
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, client));
    await vi.waitFor(() => expect(right).toBeGreaterThan(100), eventually);
    process.kill(one.worker, 'SIGKILL');
    const seen: unknown[] = [];
    await vi.waitFor(async () => {
      const { status, code, workers } = await readiness(gateway);
      seen.push([code, status]);
      expect([status, workers]).toMatchObject(['ready', { total: 2, ready: 2, replaced: 1 }]);
    }, eventually);
    const after = right;
    await vi.waitFor(() => expect(right).toBeGreaterThan(after + 100), eventually);
    isOver = true;
    await load;
    expect(seen).toContainEqual([200, 'degraded']);
    expect(seen.filter((each) => String(each) !== '200,degraded')).toEqual([[200, 'ready']]);
    expect(new Set(failures.map(({ worker }) => worker))).toEqual(new Set([one.worker]));
    expect(failures.length).toBeLessThanOrEqual(8);
    expect(statuses).toEqual(new Set([200]));
    const line = gateway.process.logs().find(({ msg }) => msg.startsWith('a worker ended by itself'));
    expect(line).toMatchObject({ pid: one.worker, signal: 'SIGKILL', code: null });
  }, 60_000);

  test('one that is killed leaves no server behind that listens to nothing (WORK-04)', async () => {
    const gateway = await start(['--env', 'SCRIPT=stubborn']);
    const [one, two] = await openLines(gateway.port);
    await vi.waitFor(() => {
      const serving = gateway.process.logs().filter(({ msg }) => msg === 'a worker serves');
      expect(serving).toHaveLength(2);
    }, eventually);
    process.kill(one.worker, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(one.server)).toBe(false), eventually);
    await complete(gateway);
    expect((await two.call('echo')).status).toBe(200);
    expect(isAlive(two.server)).toBe(true);
    // Lines are written a moment later.
    await vi.waitFor(() => {
      const lines = gateway.process.logs().filter(({ msg }) => msg.startsWith('servers outlive the worker'));
      expect(lines.map(({ signal, pids }) => [signal, pids])).toEqual([
        ['SIGTERM', [one.server]],
        ['SIGKILL', [one.server]],
      ]);
    }, eventually);
  }, 60_000);

  test('both killed come back at the same port, though it was picked (WORK-04)', async () => {
    const gateway = await start();
    const lines = await openLines(gateway.port);
    for (const { worker } of lines) process.kill(worker, 'SIGKILL');
    await vi.waitFor(() => expect(lines.map(({ worker }) => isAlive(worker))).toEqual([false, false]));
    await complete(gateway);
    expect((await gateway.call('echo', { a: 1 })).text).toBe('{"a":1}');
  });

  test('one that lists other tools than the other is kept out until it lists the same (WORK-05)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'workers-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const script = join(folder, 'script');
    writeFileSync(script, '');
    const command = `SCRIPT=$(cat '${script}') exec '${process.execPath}' '${scriptPath('scripted.mjs')}'`;
    const gateway = await start([], ['sh', '-c', command]);
    const [one, two] = await openLines(gateway.port);
    const { contract } = await readiness(gateway);
    writeFileSync(script, 'odd-tools');
    process.kill(one.worker, 'SIGKILL');
    await vi.waitFor(
      async () =>
        expect(await readiness(gateway)).toMatchObject({
          code: 200,
          status: 'degraded',
          contract,
          workers: { total: 2, ready: 1, keptOut: 1 },
        }),
      eventually,
    );
    for (let time = 0; time < 6; time += 1) expect((await openLine(gateway.port)).worker).toBe(two.worker);
    const warning = gateway.process.logs().find(({ msg }) => msg.includes('is kept out'));
    expect(warning).toMatchObject({ level: 40, others: contract });
    writeFileSync(script, '');
    for (const server of childrenOf(Number(warning?.['pid']))) process.kill(server, 'SIGKILL');
    await complete(gateway);
    expect((await openLines(gateway.port)).map(({ worker }) => worker)).toContain(two.worker);
  }, 60_000);

  test('one that comes to list other tools leaves after a while, and a new one takes its place (WORK-05)', async () => {
    const gateway = await start();
    const [one, two] = await openLines(gateway.port);
    const { contract } = await readiness(gateway);
    expect((await two.call('change_tools')).status).toBe(200);
    await vi.waitFor(() => {
      const messages = gateway.process.logs().map(({ msg }) => msg);
      expect(messages).toContain('the worker has left; it is replaced');
    }, eventually);
    await complete(gateway);
    expect(await readiness(gateway)).toMatchObject({ contract, workers: { replaced: 1 } });
    expect([isAlive(one.worker), isAlive(two.worker)]).toEqual([true, false]);
  }, 60_000);

  test('call a tool once for an Idempotency-Key, and both know the answer (WORK-06)', async () => {
    const gateway = await start();
    const lines = await openLines(gateway.port);
    const before = await callsOf(lines);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, step) => {
        const line = await openLine(gateway.port);
        return await line.call('sleep', { ms: 300 }, { 'idempotency-key': `key-${step % 2}` });
      }),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['200 {"ms":300}']),
    );
    const firsts = answers.filter(({ headers }) => headers['idempotency-replayed'] !== 'true');
    expect(firsts).toHaveLength(2);
    // Each line that was opened made a call of its own.
    expect((await callsOf(lines)) - before).toBe(2 + 20 + 2);
    const other = await lines[0].call('echo', { a: 1 }, { 'idempotency-key': 'key-0' });
    const another = await lines[1].call('echo', { a: 1 }, { 'idempotency-key': 'key-0' });
    expect([other.status, another.status]).toEqual([422, 422]);
  });

  test('one that dies of a call with an Idempotency-Key has it made by no other (WORK-06)', async () => {
    const gateway = await start();
    const [one, two] = await openLines(gateway.port);
    const key = { 'idempotency-key': 'lost' };
    const lost = one.call('never', {}, key).catch(() => 'lost');
    await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(1), eventually);
    const waiting = two.call('never', {}, key);
    process.kill(one.worker, 'SIGKILL');
    expect(await lost).toBe('lost');
    const answers = [await waiting, await two.call('never', {}, key)];
    await complete(gateway);
    answers.push(await (await openLine(gateway.port)).call('never', {}, key));
    for (const { status, text } of answers) {
      expect([status, JSON.parse(text)]).toMatchObject([502, { code: 'upstream_unavailable' }]);
    }
  });

  test('end under load without one failed call, and leave nothing behind (WORK-07)', async () => {
    const gateway = await start(['--drain-delay', '1500ms']);
    const lines = await openLines(gateway.port);
    const failures: unknown[] = [];
    let [right, isOver] = [0, false];
    const client = async (_: unknown, who: number): Promise<void> => {
      for (let step = 0; !isOver; step += 1) {
        const args = { who, step, ms: step % 10 === 0 ? 400 : 5 };
        try {
          const { status, text } = await gateway.call('sleep', args);
          if (status === 200 && text === JSON.stringify(args)) right += 1;
          else failures.push([status, text]);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, client));
    await vi.waitFor(() => expect(right).toBeGreaterThan(100), eventually);
    gateway.process.signal('SIGTERM');
    // A balancer turns away when it sees this.
    await vi.waitFor(
      async () => expect(await readiness(gateway)).toMatchObject({ code: 503, status: 'shutting_down' }),
      eventually,
    );
    isOver = true;
    await load;
    expect(failures).toEqual([]);
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
    expect(lines.flatMap(({ worker, server }) => [isAlive(worker), isAlive(server)])).not.toContain(true);
  }, 60_000);

  test('say how many calls they cut off at a second signal (WORK-07)', async () => {
    const gateway = await start();
    const lost = gateway.call('never', {}).catch(() => undefined);
    await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(1), eventually);
    gateway.process.signal('SIGTERM');
    await vi.waitFor(() => {
      const messages = gateway.process.logs().filter(({ msg }) => msg === 'shutting down');
      expect(messages).toHaveLength(3);
    }, eventually);
    gateway.process.signal('SIGINT');
    expect((await gateway.process.exited()).code).toBe(1);
    await lost;
    const lines = gateway.process.logs().filter(({ msg }) => msg.includes('calls were cut off'));
    expect(lines).toMatchObject([{ level: 40, calls: 1 }]);
  });

  test('of which the first dies while it starts end with a line that says so (WORK-04)', async () => {
    const gateway = spawnGateway([process.execPath, '-e', 'process.stdin.resume()'], {
      flags: ['--port', '0', '--workers', '2'],
    });
    await vi.waitFor(() => expect(childrenOf(gateway.pid)).toHaveLength(1), { timeout: 20_000, interval: 5 });
    const [worker = 0] = childrenOf(gateway.pid);
    process.kill(worker, 'SIGKILL');
    expect(await gateway.exited()).toEqual({ code: 1, signal: null });
    const line = gateway.logs().find(({ msg }) => msg.startsWith('a worker ended while it started'));
    expect(line).toMatchObject({ level: 50, worker: 1, pid: worker, signal: 'SIGKILL' });
    expect(line?.msg).toContain('is there enough memory?');
  });

  test('end at once at a second signal (WORK-07)', async () => {
    const gateway = await start(['--drain-delay', '60s']);
    const lines = await openLines(gateway.port);
    gateway.process.signal('SIGTERM');
    await vi.waitFor(async () => expect((await readiness(gateway)).code).toBe(503), eventually);
    gateway.process.signal('SIGINT');
    expect((await gateway.process.exited()).code).toBe(1);
    await vi.waitFor(
      () =>
        expect(lines.flatMap(({ worker, server }) => [isAlive(worker), isAlive(server)])).not.toContain(true),
      eventually,
    );
  });

  test.each([
    ['before one serves', 0],
    ['when the first serves', 1],
  ])('end at a signal that comes %s, without a word on stdout (WORK-07)', async (_name, serving) => {
    const gateway = spawnGateway([process.execPath, scriptPath('scripted.mjs')], {
      flags: ['--port', '0', '--workers', '2', '--env', 'SCRIPT=pid'],
    });
    const served = (): number => gateway.logs().filter(({ msg }) => msg === 'a worker serves').length;
    const started = (): number => childrenOf(gateway.pid).length;
    await vi.waitFor(() => expect([started() > 0, served()]).toEqual([true, serving]), {
      timeout: 20_000,
      interval: 1,
    });
    const workers = childrenOf(gateway.pid);
    gateway.signal('SIGTERM');
    expect(await gateway.exited()).toEqual({ code: 0, signal: null });
    expect(gateway.stdout).toBe('');
    expect(workers.map(isAlive)).not.toContain(true);
  });

  test('are not ended by a signal of their own, but with the process that started them (WORK-07)', async () => {
    const gateway = await start();
    const lines = await openLines(gateway.port);
    const [one] = lines;
    process.kill(one.worker, 'SIGTERM');
    expect((await one.call('echo')).status).toBe(200);
    const slow = one.call('sleep', { ms: 700 });
    await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(1), eventually);
    gateway.process.signal('SIGKILL');
    expect((await slow).status).toBe(200);
    await vi.waitFor(
      () =>
        expect(lines.flatMap(({ worker, server }) => [isAlive(worker), isAlive(server)])).not.toContain(true),
      eventually,
    );
  });
});

async function callsOf(lines: readonly WorkerLine[]): Promise<number> {
  const facts = await Promise.all(lines.map(async (line) => (await line.call('facts')).json()));
  return (facts as readonly { readonly calls: number }[]).reduce((total, { calls: made }) => total + made, 0);
}

describe.skipIf(!isBuilt || process.platform === 'win32')('workers', () => {
  test.each([
    [['--workers', '0'], "--workers: '0' is no number of workers; write a whole number from 1 to 64"],
    [['--workers', 'all'], "--workers: 'all' is no number of workers; write a whole number from 1 to 64"],
  ])('%j ends with what to write instead (WORK-01)', (flags, message) => {
    expect(runServe(flags)).toMatchObject({
      code: 2,
      stderr: `mcpo-serve: ${message}; see mcpo-serve --help\n`,
    });
  });

  test('do not print the document, one process does (WORK-01)', () => {
    const { code, stdout } = runServe(['--workers', '2', '--print-openapi']);
    expect([code, (JSON.parse(stdout) as { readonly openapi: string }).openapi]).toEqual([0, '3.1.0']);
  });

  test('that cannot start end with the exit code and the words of one (WORK-04)', () => {
    const { code, stdout, stderr } = runServe([
      '--workers',
      '2',
      '--port',
      '0',
      '--',
      process.execPath,
      '-e',
      '0',
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.match(/mcpo-serve: /g)).toHaveLength(1);
  });

  test.each([
    ['session', '{"command": "x", "session": {"key": "header:x-user"}}'],
    ['oauth', '{"url": "https://example.com/mcp", "oauth": {}}'],
  ])('refuse a server with %s, which one process alone can keep (WORK-08)', (name, server) => {
    const folder = mkdtempSync(join(tmpdir(), 'workers-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'mcp.json');
    writeFileSync(path, `{"mcpServers": {"mine": ${server}}}`);
    const { code, stderr } = runServe(['--workers', '2', '--config', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(`mine has '${name}'`);
    expect(stderr).toContain(
      'leave that out, and for more than one core run several gateways behind a balancer',
    );
  });
});
