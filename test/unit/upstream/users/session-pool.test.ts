import { describe, expect, test } from 'vitest';
import type { CallOutcome } from '../../../../src/upstream/upstream.ts';
import { createUserWorld, settled, type UserWorld } from '../../../fixtures/user-world.ts';

/** Calls as this user, and answers. */
async function use(world: UserWorld, user: string): Promise<void> {
  const outcome = world.callAs(user);
  await settled();
  world.of(user).finishStart();
  await settled();
  world.of(user).answer();
  expect(textOf(await outcome)).toBe(user);
}

function textOf(outcome: CallOutcome): string {
  return outcome.kind === 'result' ? outcome.resultJson.toString() : outcome.kind;
}

describe('sessions of users', () => {
  test('each user’s calls go to a session of their own, which the first starts (SESS-03)', async () => {
    const world = createUserWorld();
    expect(world.running).toHaveLength(0);
    await use(world, 'ada');
    await use(world, 'bob');
    await use(world, 'ada');
    expect(
      world.upstreams.map(({ user, calls }) => [user?.origin.headers?.['x-user-id'], calls.length]),
    ).toEqual([
      ['ada', 2],
      ['bob', 1],
    ]);
    expect(world.pool.sessions).toBe(2);
    expect(world.listing.calls).toHaveLength(0);
  });

  test('calls that come while the session starts share the start, and wait for it (SESS-03)', async () => {
    const world = createUserWorld();
    const outcomes = [world.callAs('ada'), world.callAs('ada')];
    await settled();
    world.clock.advance(3_000);
    expect([world.running.length, world.pool.inFlight, world.pool.sessions]).toEqual([1, 0, 0]);
    world.of('ada').finishStart();
    await settled();
    expect(world.of('ada').calls.map(({ timeoutMs, waitedMs = 0 }) => timeoutMs - waitedMs)).toEqual([
      7_000, 7_000,
    ]);
    expect(world.pool.inFlight).toBe(2);
    world.of('ada').answer();
    world.of('ada').answer();
    expect((await Promise.all(outcomes)).map(textOf)).toEqual(['ada', 'ada']);
  });

  test('a call’s deadline covers the start, and a caller may go meanwhile (SESS-03)', async () => {
    const world = createUserWorld();
    const caller = new AbortController();
    const gone = world.callAs('ada', { signal: caller.signal });
    const late = world.callAs('ada', { timeoutMs: 50 });
    caller.abort();
    expect(await gone).toEqual({ kind: 'cancelled' });
    await settled();
    world.clock.advance(50);
    expect(await late).toEqual(expect.objectContaining({ kind: 'not_ready' }));
    world.of('ada').finishStart();
    await settled();
    expect(world.of('ada').calls).toHaveLength(0);
    await use(world, 'ada');
    expect(world.upstreams).toHaveLength(1);
  });

  test('the tools and the state are those of one more session, which has no user (SESS-11)', async () => {
    const world = createUserWorld();
    const changes: string[] = [];
    world.pool.onChange(() => changes.push(world.pool.state.kind));
    const started = world.pool.start();
    world.listing.finishStart();
    await started;
    expect(world.pool.catalog?.tools.map(({ name }) => name)).toEqual(['t']);
    await use(world, 'ada');
    world.of('ada').crash(10);
    expect(changes).toEqual(['ready']);
    world.listing.crash(100);
    expect(world.pool.state.kind).toBe('restarting');
    await use(world, 'ada');
  });

  test('a call that does not say whose it is never reaches a session (SESS-02)', async () => {
    const world = createUserWorld();
    expect(await world.callAs(undefined)).toEqual({ kind: 'no_session_key', needs: 'the header x-user-id' });
    expect(await world.pool.callTool({ tool: 't', argumentsJson: '{}', timeoutMs: 1 })).toMatchObject({
      kind: 'no_session_key',
    });
    expect(world.upstreams).toHaveLength(0);
  });

  test('past the bound, the session that was idle longest makes room (SESS-04)', async () => {
    const world = createUserWorld({ max: 2 });
    await use(world, 'ada');
    await use(world, 'bob');
    await use(world, 'ada');
    await use(world, 'cleo');
    expect(world.running.map(({ user }) => user?.origin.headers?.['x-user-id'])).toEqual(['ada', 'cleo']);
  });

  test('when all are busy, the call is told to come back (SESS-04)', async () => {
    const world = createUserWorld({ max: 1 });
    const pending = world.callAs('ada');
    await settled();
    world.of('ada').finishStart();
    expect(await world.callAs('bob')).toMatchObject({ kind: 'overloaded', retryAfterMs: 1_000 });
    await settled();
    world.of('ada').answer();
    expect(textOf(await pending)).toBe('ada');
    await use(world, 'bob');
  });

  test('a session begins only when the one whose place it takes is gone (SESS-04)', async () => {
    const world = createUserWorld({ max: 1, endMs: 500 });
    await use(world, 'ada');
    const outcome = world.callAs('bob');
    await settled();
    expect(world.upstreams).toHaveLength(1);
    world.clock.advance(500);
    await settled();
    expect(world.upstreams).toHaveLength(2);
    world.of('bob').finishStart();
    await settled();
    expect(world.of('bob').calls.map(({ timeoutMs, waitedMs = 0 }) => timeoutMs - waitedMs)).toEqual([9_500]);
    world.of('bob').answer();
    expect(textOf(await outcome)).toBe('bob');
  });

  test('a user who comes back finds the session before ended, not still ending (SESS-04)', async () => {
    const world = createUserWorld({ max: 2, endMs: 500, idleTimeoutMs: 1_000 });
    await use(world, 'ada');
    world.clock.advance(1_000);
    expect(() => world.of('ada')).toThrow('0 sessions');
    void world.callAs('ada');
    await settled();
    expect(world.upstreams).toHaveLength(1);
    world.clock.advance(500);
    await settled();
    expect(world.upstreams).toHaveLength(2);
  });

  test('a session without calls is closed after the idle timeout, and calls in flight count as use (SESS-05)', async () => {
    const world = createUserWorld({ idleTimeoutMs: 1_000 });
    await use(world, 'ada');
    await use(world, 'bob');
    world.clock.advance(600);
    const pending = world.callAs('bob');
    world.clock.advance(600);
    await settled();
    expect(world.running.map(({ user }) => user?.origin.headers?.['x-user-id'])).toEqual(['bob']);
    world.of('bob').answer();
    expect(textOf(await pending)).toBe('bob');
    world.clock.advance(999);
    await settled();
    expect(world.running).toHaveLength(1);
    world.clock.advance(1);
    await settled();
    expect(world.running).toHaveLength(0);
  });

  test('a start that nobody waits for any more is given up like an idle session (SESS-05)', async () => {
    const world = createUserWorld({ idleTimeoutMs: 1_000 });
    const outcome = world.callAs('ada', { timeoutMs: 10 });
    await settled();
    world.clock.advance(10);
    expect(await outcome).toEqual(expect.objectContaining({ kind: 'not_ready' }));
    await settled();
    world.clock.advance(1_000);
    await settled();
    expect(world.running).toHaveLength(0);
  });

  test('one user’s crash fails that user’s calls alone (SESS-06)', async () => {
    const world = createUserWorld();
    await use(world, 'ada');
    await use(world, 'bob');
    const [ofAda, ofBob] = [world.callAs('ada'), world.callAs('bob')];
    world.of('ada').crash(100);
    expect(await ofAda).toMatchObject({ kind: 'lost' });
    world.of('bob').answer();
    expect(textOf(await ofBob)).toBe('bob');
  });

  test('a crashed session is not restarted for nobody: the next call starts afresh (SESS-06)', async () => {
    const world = createUserWorld();
    await use(world, 'ada');
    const pending = world.callAs('ada');
    world.of('ada').crash(100);
    await pending;
    await settled();
    expect(world.running).toHaveLength(0);
    await use(world, 'ada');
    world.of('ada').crash(100);
    await settled();
    expect([world.running.length, world.pool.sessions]).toEqual([0, 0]);
    world.clock.advance(1_000);
    await use(world, 'ada');
    expect(world.upstreams).toHaveLength(3);
  });

  test('a crashed session heals as long as a call waits for that, to be repeated (SESS-06)', async () => {
    const world = createUserWorld();
    await use(world, 'ada');
    const repeatable = world.callAs('ada', { isRepeatable: true });
    world.of('ada').crash(100);
    expect(await world.callAs('ada')).toMatchObject({ kind: 'not_ready' });
    await settled();
    world.clock.advance(100);
    world.of('ada').answer();
    expect(textOf(await repeatable)).toBe('ada');
    expect([world.upstreams.length, world.pool.sessions]).toEqual([1, 1]);
  });

  test('a start that fails fails its calls with the reason; after a pause, the next call tries anew (SESS-07)', async () => {
    const world = createUserWorld();
    const outcomes = [world.callAs('ada'), world.callAs('ada')];
    await settled();
    world.of('ada').failStart('no such token');
    const failure = { kind: 'not_ready', retryAfterMs: 1_000, reason: 'no such token' };
    expect(await Promise.all(outcomes)).toEqual([failure, failure]);
    world.clock.advance(600);
    expect(await world.callAs('ada')).toEqual({ ...failure, retryAfterMs: 400 });
    expect(world.upstreams).toHaveLength(1);
    world.clock.advance(400);
    await use(world, 'ada');
    expect(world.upstreams).toHaveLength(2);
  });

  test('a connection that cannot even be made is a failed start (SESS-07)', async () => {
    const world = createUserWorld({
      beforeCreate: () => {
        throw new Error('not a URL');
      },
    });
    expect(await world.callAs('ada')).toMatchObject({ kind: 'not_ready', reason: 'not a URL' });
  });

  test('a start that waits for a person does not hold its calls (SESS-07)', async () => {
    const world = createUserWorld();
    const outcome = world.callAs('ada');
    await settled();
    world.of('ada').await('https://login.example/');
    expect(await outcome).toMatchObject({ kind: 'not_ready' });
    expect(await world.callAs('ada')).toMatchObject({ kind: 'not_ready' });
    world.of('ada').finishStart();
    await settled();
    await use(world, 'ada');
    expect(world.upstreams).toHaveLength(1);
  });

  test('another value of a header that the server is started with opens another session (SESS-09)', async () => {
    const world = createUserWorld({ templates: [{ kind: 'header', name: 'x-token' }] });
    for (const token of ['one', 'two', 'one']) {
      void world.callAs('ada', { callerHeaders: { 'x-user-id': 'ada', 'x-token': token } });
      await settled();
    }
    expect(world.upstreams.map(({ user }) => user?.origin.headers?.['x-token'])).toEqual(['one', 'two']);
  });

  test('logs name a session by a short digest, never by its user (SESS-10)', async () => {
    const world = createUserWorld({ max: 1 });
    await use(world, 'ada-lovelace');
    void world.callAs('bob-by-name');
    await settled();
    world.of('bob-by-name').failStart('bad luck');
    await settled();
    const text = JSON.stringify(world.logger.lines);
    expect(world.logger.lines.map(({ message }) => message)).toEqual([
      'a session was opened for a user',
      'the session of a user ended',
      'a session for a user could not be opened',
    ]);
    expect(text).toMatch(/"session":"[\da-f]{12}"/);
    expect(text).not.toMatch(/ada-lovelace|bob-by-name/);
  });

  test('restarts and traffic are summed over all sessions, those that have ended too', async () => {
    const world = createUserWorld({ max: 1 });
    await use(world, 'ada');
    const repeatable = world.callAs('ada', { isRepeatable: true });
    world.of('ada').crash(100);
    world.clock.advance(100);
    world.of('ada').answer();
    await repeatable;
    await use(world, 'bob');
    expect(world.upstreams.map(({ isRunning }) => isRunning)).toEqual([false, true]);
    expect([world.pool.restarts, world.pool.traffic.bytesIn]).toEqual([1, 3]);
  });

  test('close ends all of them, fails what waits, and lets nothing begin', async () => {
    const world = createUserWorld({ max: 2, endMs: 300 });
    await use(world, 'ada');
    await use(world, 'bob');
    const [running, waiting] = [world.callAs('bob'), world.callAs('cleo')];
    await settled();
    const closed = world.pool.close(100);
    expect(await running).toMatchObject({ kind: 'lost' });
    expect(await waiting).toMatchObject({ kind: 'not_ready' });
    expect(await world.callAs('ada')).toMatchObject({ kind: 'not_ready' });
    world.clock.advance(300);
    await closed;
    expect([world.running.length, world.upstreams.length, world.listing.isRunning]).toEqual([0, 2, false]);
    expect(world.clock.timers).toBe(0);
  });
});
