import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { StdioServerSettings } from '../../src/config/server-settings.ts';
import { defaultSettings, type Settings } from '../../src/config/settings.ts';
import { serve, type RunningGateway } from '../../src/serve/serve.ts';
import type { SessionPolicy } from '../../src/upstream/users/session-policy.ts';
import { callTool, send, type HttpAnswer } from '../fixtures/http-client.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';

/** What `whoami` answers. */
interface Person {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

/** A gateway before the server that says whose it is. */
interface Personal {
  readonly logs: readonly string[];
  call(tool: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  whoami(headers?: Readonly<Record<string, string>>): Promise<Person>;
  /** The entry of the server in /readyz. */
  status(): Promise<object>;
}

const script = fileURLToPath(new URL('upstreams/personal.mjs', import.meta.url));
const byUser: SessionPolicy = { key: { kind: 'header', name: 'x-user-id' }, max: 5, idleTimeoutMs: 60_000 };
const ada = { 'x-user-id': 'ada', 'x-token': 'ada-secret' };
const bob = { 'x-user-id': 'bob', 'x-token': 'bob-secret' };
const forwardedIn = ({ meta }: Person): unknown => meta?.['mcpo-toolkit/headers'];
const eventually = { timeout: 10_000, interval: 20 };

let running: RunningGateway | undefined;

async function servePersonal(
  server: Partial<StdioServerSettings>,
  settings: Partial<Settings> = {},
): Promise<Personal> {
  const logs: string[] = [];
  const logger = pino({ level: 'debug', base: null }, { write: (line: string) => void logs.push(line) });
  const personal: StdioServerSettings = {
    type: 'stdio',
    name: 'personal',
    command: process.execPath,
    args: [script],
    env: {},
    ...server,
  };
  running = await serve({ ...defaultSettings, port: 0, servers: [personal], ...settings }, { logger });
  const port = Number(new URL(running.url).port);
  const call: Personal['call'] = async (tool, headers = {}) => await callTool(port, tool, {}, { headers });
  return {
    logs,
    call,
    whoami: async (headers) => {
      const answer = await call('whoami', headers);
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.json() as Person;
    },
    status: async () => {
      const body = (await send(port, '/readyz', { method: 'GET' })).json() as {
        servers: { personal: object };
      };
      return body.servers.personal;
    },
  };
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

describe('a server with a session for each user', () => {
  test('gives nobody what another got under the same Idempotency-Key (IDEM-04)', async () => {
    const gateway = await servePersonal({ session: byUser });
    const key = { 'idempotency-key': 'one' };
    const adas = await gateway.whoami({ ...ada, ...key });
    const bobs = await gateway.whoami({ ...bob, ...key });
    expect(bobs.pid).not.toBe(adas.pid);
    expect(await gateway.whoami({ ...ada, ...key })).toEqual(adas);
  });

  test('two users get a process of their own each, started with what their headers say (SESS-03, SESS-08)', async () => {
    const env = { USER_TOKEN: '${header:X-Token}', USER_ROLE: '${header:x-role:-guest}', FIXED: 'same' };
    const gateway = await servePersonal({ session: byUser, env });
    const admin = { ...bob, 'x-role': 'admin' };
    const [first, second, again] = [
      await gateway.whoami(ada),
      await gateway.whoami(admin),
      await gateway.whoami(ada),
    ];
    expect(again.pid).toBe(first.pid);
    expect(second.pid).not.toBe(first.pid);
    expect(first.env).toMatchObject({ USER_TOKEN: 'ada-secret', USER_ROLE: 'guest', FIXED: 'same' });
    expect(second.env).toMatchObject({ USER_TOKEN: 'bob-secret', USER_ROLE: 'admin', FIXED: 'same' });
    for (let count = 1; count <= 3; count += 1)
      expect((await gateway.call('remember', ada)).json()).toBe(count);
    expect((await gateway.call('remember', admin)).json()).toBe(1);
    expect(await gateway.status()).toMatchObject({ state: 'ready', sessions: 2, restarts: 0 });
  });

  test('a new value of a header that it is started with means a new process (SESS-09)', async () => {
    const gateway = await servePersonal({ session: byUser, env: { USER_TOKEN: '${header:x-token}' } });
    const old = await gateway.whoami(ada);
    const rotated = await gateway.whoami({ ...ada, 'x-token': 'new-secret' });
    expect([old.env['USER_TOKEN'], rotated.env['USER_TOKEN']]).toEqual(['ada-secret', 'new-secret']);
    expect(rotated.pid).not.toBe(old.pid);
  });

  test('killing one user’s process fails that user’s calls alone, and the next finds a new one (SESS-06)', async () => {
    const gateway = await servePersonal({ session: byUser });
    const [ofAda, ofBob] = [await gateway.whoami(ada), await gateway.whoami(bob)];
    const [waitingAda, waitingBob] = [gateway.call('wait', ada), gateway.call('wait', bob)];
    await vi.waitFor(async () => expect(await gateway.status()).toMatchObject({ inFlight: 2 }), eventually);
    process.kill(ofAda.pid, 'SIGKILL');
    const lost = await waitingAda;
    expect([lost.status, lost.json()]).toMatchObject([502, { code: 'upstream_unavailable' }]);
    expect((await gateway.whoami(bob)).pid).toBe(ofBob.pid);
    await gateway.call('release', bob);
    expect((await waitingBob).json()).toBe(ofBob.pid);
    expect((await gateway.whoami(ada)).pid).not.toBe(ofAda.pid);
    expect(await gateway.status()).toMatchObject({ state: 'ready', restarts: 0 });
  });

  test('an idle process ends, and a busy one stays (SESS-05)', async () => {
    const gateway = await servePersonal({ session: { ...byUser, idleTimeoutMs: 300 } });
    const [ofAda, ofBob] = [await gateway.whoami(ada), await gateway.whoami(bob)];
    const waiting = gateway.call('wait', bob);
    await vi.waitFor(() => expect(isAlive(ofAda.pid)).toBe(false), eventually);
    expect(isAlive(ofBob.pid)).toBe(true);
    await gateway.call('release', bob);
    expect((await waiting).json()).toBe(ofBob.pid);
    await vi.waitFor(() => expect(isAlive(ofBob.pid)).toBe(false), eventually);
    await vi.waitFor(async () => expect(await gateway.status()).toMatchObject({ sessions: 0 }), eventually);
    expect((await gateway.call('remember', ada)).json()).toBe(1);
  });

  test('past the bound the longest idle one makes room; when all are busy, 503 says when to come back (SESS-04)', async () => {
    const gateway = await servePersonal({ session: { ...byUser, max: 2 } });
    const [ofAda, ofBob] = [await gateway.whoami(ada), await gateway.whoami(bob)];
    await gateway.whoami(ada);
    const third = await gateway.whoami({ 'x-user-id': 'cleo' });
    expect([ofAda, ofBob, third].map(({ pid }) => isAlive(pid))).toEqual([true, false, true]);
    const waiting = [gateway.call('wait', ada), gateway.call('wait', { 'x-user-id': 'cleo' })];
    await vi.waitFor(async () => expect(await gateway.status()).toMatchObject({ inFlight: 2 }), eventually);
    const refused = await gateway.call('whoami', bob);
    expect([refused.status, refused.json()]).toMatchObject([503, { code: 'overloaded' }]);
    expect(refused.headers['retry-after']).toBe('1');
    await Promise.all([gateway.call('release', ada), gateway.call('release', { 'x-user-id': 'cleo' })]);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a hundred calls of ten new users at once start ten processes (SESS-03)', async () => {
    const gateway = await servePersonal({ session: { ...byUser, max: 10 } });
    const people = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const user = `user-${index % 10}`;
        const { pid } = await gateway.whoami({ 'x-user-id': user });
        return { user, pid };
      }),
    );
    expect(new Set(people.map(({ pid }) => pid)).size).toBe(10);
    expect(new Set(people.map(({ user, pid }) => `${user} ${pid}`)).size).toBe(10);
  });

  test('a request that does not say whose it is gets 400, and what to send (SESS-02)', async () => {
    const gateway = await servePersonal({ session: byUser });
    const answer = await gateway.call('whoami');
    expect([answer.status, answer.json()]).toMatchObject([
      400,
      { code: 'session_key_required', detail: expect.stringContaining('the header x-user-id') as string },
    ]);
    const twice = await gateway.call('whoami', { 'x-user-id': 'ada, bob' });
    expect([twice.status, twice.json()]).toMatchObject([400, { code: 'session_key_required' }]);
    expect(await gateway.status()).toMatchObject({ sessions: 0 });
  });

  test('the credential can tell users apart, and none gets 400 (SESS-01, SESS-02)', async () => {
    const gateway = await servePersonal({ session: { ...byUser, key: { kind: 'credential' } } });
    const pids = new Set<number>();
    for (const authorization of ['Bearer one', 'Bearer two', 'Bearer one']) {
      pids.add((await gateway.whoami({ authorization })).pid);
    }
    expect(pids.size).toBe(2);
    const answer = await gateway.call('whoami');
    expect([answer.status, answer.json()]).toMatchObject([400, { code: 'session_key_required' }]);
  });

  test('a user whose process does not start gets 503, others are served (SESS-07)', async () => {
    const gateway = await servePersonal({ session: byUser, env: { REFUSE: '${header:x-refuse}' } });
    const answer = await gateway.call('whoami', { ...ada, 'x-refuse': 'yes' });
    expect([answer.status, answer.json()]).toMatchObject([503, { code: 'upstream_not_ready' }]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await gateway.whoami(bob)).pid).toBeGreaterThan(0);
    expect((await gateway.whoami(ada)).pid).toBeGreaterThan(0);
  });

  test('closing the gateway ends every process; its logs name no user and no secret (SESS-10)', async () => {
    const gateway = await servePersonal({ session: byUser, env: { USER_TOKEN: '${header:x-token}' } });
    const people = await Promise.all([gateway.whoami(ada), gateway.whoami(bob)]);
    expect(await running?.close()).toBe(true);
    for (const { pid } of people) expect(isAlive(pid)).toBe(false);
    const text = gateway.logs.join('');
    expect(text).toMatch(/"session":"[\da-f]{12}"/);
    expect(text).not.toMatch(/ada|bob/);
  });
});

describe('headers of the caller', () => {
  const headers = { ...ada, authorization: 'Bearer gateway-key', cookie: 'a=b', 'x-other': 'o' };

  test('reach a stdio server in _meta as far as they are allowed, the gateway’s key never (FWD-03, FWD-07)', async () => {
    const headerForwarding = { allow: ['X-*', 'authorization'], deny: ['x-tok*'] };
    const gateway = await servePersonal({ headerForwarding }, { apiKey: 'gateway-key' });
    const person = await gateway.whoami(headers);
    expect(forwardedIn(person)).toEqual({ 'x-user-id': 'ada', 'x-other': 'o' });
    expect(JSON.stringify(person)).not.toContain('gateway-key');
  });

  test('include Authorization where the gateway itself asks for none (FWD-03)', async () => {
    const gateway = await servePersonal({ headerForwarding: { allow: ['authorization'], deny: [] } });
    expect(forwardedIn(await gateway.whoami(headers))).toEqual({ authorization: 'Bearer gateway-key' });
  });

  test('go nowhere unless forwarding is configured (FWD-01)', async () => {
    const gateway = await servePersonal({});
    expect((await gateway.whoami(headers)).meta).toBeNull();
  });

  test('a template cannot take the gateway’s own key (SESS-08)', async () => {
    const env = { STOLEN: '${header:authorization}' };
    const gateway = await servePersonal({ session: byUser, env }, { apiKey: 'gateway-key' });
    const { env: given } = await gateway.whoami(headers);
    expect(given['STOLEN']).toBe('');
    expect(gateway.logs.join('')).toContain('${header:authorization} is empty');
  });
});
