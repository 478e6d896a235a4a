import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { expect, test } from 'vitest';
import { answerCallback, type Conclusion } from '../../../../src/upstream/oauth/callback-page.ts';
import { absentPerson, createOauthWorld, echo } from '../../../fixtures/authorized-client.ts';
import { visit } from '../../../fixtures/protected-server.ts';

test('the page comes when the code has been exchanged, and says so (OAUTH-17)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const person = absentPerson();
  const connecting = world.connect(world.authorization(), person);
  let grants = 0;
  const { status, page } = await visit(await person.url).finally(() => {
    grants = authorizationServer.grants.length;
  });
  expect([status, page, grants]).toEqual([200, expect.stringContaining('<h1>Authorized</h1>'), 1]);
  expect(await echo(await connecting, 'hello')).toBeDefined();
});

test('an exchange that fails is told on the page at the loopback port, without secrets (OAUTH-17)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  authorizationServer.behaviour.tokenStatus = 503;
  const person = absentPerson();
  const connecting = world.connect(world.authorization(), person);
  const [{ status, page }] = await Promise.all([
    person.url.then(visit),
    expect(connecting).rejects.toThrow('gave no token'),
  ]);
  expect([status, page]).toEqual([400, expect.stringContaining('<h1>Not authorized</h1>')]);
  expect(page).toContain('the authorization server gave no token: HTTP 503, and no OAuth error');
  for (const secret of authorizationServer.secrets) expect(page).not.toContain(secret || 'nothing');
});

test('who gives up during the exchange leaves no browser waiting (OAUTH-17)', async () => {
  const world = await createOauthWorld();
  const authorization = world.authorization();
  expect(await auth(authorization.provider, { serverUrl: world.server.url })).toBe('REDIRECT');
  const giveUp = new AbortController();
  const person = absentPerson();
  const finishAuth = async (): Promise<void> => {
    giveUp.abort(new Error('closed'));
    return await new Promise(() => {});
  };
  const [{ status, page }] = await Promise.all([
    person.url.then(visit),
    expect(authorization.authorize({ finishAuth }, person.onUrl, giveUp.signal)).rejects.toThrow('closed'),
  ]);
  expect([status, page]).toEqual([400, expect.stringContaining('the gateway has stopped waiting')]);
});

test('an exchange that takes long is told as being completed, and where to see what comes of it (OAUTH-17)', async () => {
  const conclusion = new Promise<Conclusion>(() => {});
  const page = await answerCallback({ kind: 'accepted', conclusion }, new URLSearchParams(), {
    deadlineMs: 1,
  });
  expect(page.status).toBe(202);
  expect(page.html).toContain('/readyz');
  expect(page.html).not.toContain('<h1>Authorized</h1>');
});

test('what went wrong is shown as text (OAUTH-17)', async () => {
  const conclusion = Promise.resolve({ kind: 'failed', reason: 'no: <script>&' } as const);
  const page = await answerCallback({ kind: 'accepted', conclusion }, new URLSearchParams());
  expect(page.html).toContain('no: &lt;script&gt;&amp;');
});
