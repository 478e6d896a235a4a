import { expect, onTestFinished, test, vi } from 'vitest';
import type { AuthorizationOptions } from '../../src/upstream/oauth/create-authorization.ts';
import { createRemoteUpstream } from '../../src/upstream/remote/remote-upstream.ts';
import type { CallOutcome, StartableUpstream } from '../../src/upstream/upstream.ts';
import { createOauthWorld, type OauthWorld } from '../fixtures/authorized-client.ts';
import { visit } from '../fixtures/protected-server.ts';

test('a server waits for its person while the gateway goes on, and is ready when they have agreed (OAUTH-07)', async () => {
  const world = await createOauthWorld();
  const upstream = createUpstream(world);
  // Resolves though nobody has come.
  await upstream.start('retry');
  const url = awaitedUrl(upstream);
  expect(await echo(upstream)).toMatchObject({ kind: 'not_ready' });
  await visit(url);
  await become(upstream, 'ready');
  expect(await echo(upstream)).toMatchObject({ kind: 'result' });
});

test.each(['auto', 'streamable-http'] as const)(
  'the next start needs nobody: %s (OAUTH-09)',
  async (type) => {
    const world = await createOauthWorld();
    const first = createUpstream(world, {}, type);
    await first.start('retry');
    await visit(awaitedUrl(first));
    await become(first, 'ready');
    await first.close(1000);
    const second = createUpstream(world, {}, type);
    await second.start();
    expect(await echo(second)).toMatchObject({ kind: 'result' });
    expect(world.shown).toHaveLength(1);
  },
);

test('a token that ends in the middle of a session is renewed, and no call fails (OAUTH-10)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const upstream = createUpstream(world);
  await upstream.start('retry');
  await visit(awaitedUrl(upstream));
  await become(upstream, 'ready');
  authorizationServer.revoke('access');
  const outcomes = await Promise.all(Array.from({ length: 8 }, async () => await echo(upstream)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'result'));
  expect(authorizationServer.grants.map(({ type }) => type)).toEqual(['authorization_code', 'refresh_token']);
  expect(world.shown).toHaveLength(1);
});

test('when the refresh token is revoked as well, the person is asked again (OAUTH-11)', async () => {
  const world = await createOauthWorld();
  const upstream = createUpstream(world);
  await upstream.start('retry');
  await visit(awaitedUrl(upstream));
  await become(upstream, 'ready');
  world.server.authorizationServer.revoke('all');
  // Calls do not wait for people.
  expect(await echo(upstream)).toMatchObject({ kind: 'not_ready' });
  await become(upstream, 'awaiting_authorization');
  await visit(awaitedUrl(upstream));
  await become(upstream, 'ready');
  expect(await echo(upstream)).toMatchObject({ kind: 'result' });
  expect(new Set(world.shown).size).toBe(2);
});

test('a person who says no is asked anew after the backoff, with another URL (OAUTH-08)', async () => {
  const world = await createOauthWorld();
  const { behaviour } = world.server.authorizationServer;
  const reasons: string[] = [];
  const upstream = createUpstream(world);
  upstream.onChange(() => {
    if (upstream.state.kind === 'restarting') reasons.push(upstream.state.reason);
  });
  await upstream.start('retry');
  behaviour.isDenying = true;
  await visit(awaitedUrl(upstream));
  behaviour.isDenying = false;
  await vi.waitFor(() => expect(world.shown).toHaveLength(2), { timeout: 10_000 });
  expect(reasons).toEqual([expect.stringContaining('access was denied (access_denied')]);
  await visit(world.shown[1] ?? '');
  await become(upstream, 'ready');
});

test('a server that refuses what it asked for costs one question an attempt (OAUTH-14)', async () => {
  const world = await createOauthWorld();
  world.server.refusesAll = true;
  const reasons: string[] = [];
  const upstream = createUpstream(world);
  upstream.onChange(() => {
    if (upstream.state.kind === 'restarting') reasons.push(upstream.state.reason);
  });
  await upstream.start('retry');
  await visit(awaitedUrl(upstream));
  await vi.waitFor(() => expect(reasons).toHaveLength(1), { timeout: 10_000 });
  expect(reasons[0]).toContain('does not accept the authorization it was given');
  expect(world.shown).toHaveLength(1);
});

function createUpstream(
  world: OauthWorld,
  options: Partial<AuthorizationOptions> = {},
  type: 'auto' | 'streamable-http' = 'auto',
): StartableUpstream {
  const authorization = world.authorization(options);
  const upstream = createRemoteUpstream({
    name: 'guarded',
    type,
    url: world.server.url,
    clientInfo: { name: 'test', version: '1.0.0' },
    logger: world.logger,
    authorization: () => Promise.resolve(authorization),
    healMs: 10_000,
  });
  onTestFinished(async () => await upstream.close(1000));
  return upstream;
}

function awaitedUrl({ state }: StartableUpstream): string {
  if (state.kind !== 'awaiting_authorization') throw new Error(`the server is ${state.kind}`);
  return state.url;
}

async function become(upstream: StartableUpstream, kind: StartableUpstream['state']['kind']): Promise<void> {
  await vi.waitFor(() => expect(upstream.state.kind).toBe(kind), { timeout: 10_000, interval: 10 });
}

async function echo(upstream: StartableUpstream): Promise<CallOutcome> {
  return await upstream.callTool({
    tool: 'echo',
    argumentsJson: '{"text":"hello"}',
    timeoutMs: 15_000,
  });
}
