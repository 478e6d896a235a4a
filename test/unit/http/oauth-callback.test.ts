import fastify, { type FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { addOauthCallbackRoute } from '../../../src/http/oauth-callback.ts';
import { OauthCallbacks } from '../../../src/upstream/oauth/oauth-callbacks.ts';
import { absentPerson, createOauthWorld, echo } from '../../fixtures/authorized-client.ts';
import { visit } from '../../fixtures/protected-server.ts';

test('without a browser on its machine, the gateway takes the answer at its public URL (OAUTH-06)', async () => {
  const world = await createOauthWorld();
  const { publicUrl } = await serveCallbacks(world.callbacks);
  const person = absentPerson();
  const oauth = { storage: 'file', callback: { kind: 'gateway', publicUrl: `${publicUrl}/` } } as const;
  const connecting = world.connect(world.authorization({ oauth, server: 'a b/c' }), person);
  const url = await person.url;
  expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${publicUrl}/oauth/callback/a%20b%2Fc`);
  expect(world.server.authorizationServer.registrations).toMatchObject([{ application_type: 'web' }]);
  const { status, page } = await visit(url);
  expect([status, page]).toEqual([200, expect.stringContaining('<h1>Authorized</h1>')]);
  expect(await echo(await connecting, 'hello')).toBeDefined();
});

test('a public URL that has changed registers the client anew (OAUTH-02)', async () => {
  const world = await createOauthWorld();
  const { publicUrl } = await serveCallbacks(world.callbacks);
  for (const path of ['', '/proxy']) {
    const callback = { kind: 'gateway', publicUrl: `${publicUrl}${path}` } as const;
    const person = absentPerson();
    const connecting = world.connect(world.authorization({ oauth: { storage: 'file', callback } }), person);
    const redirect = (await fetch(await person.url, { redirect: 'manual' })).headers.get('location') ?? '';
    await fetch(redirect.replace('/proxy', ''));
    await connecting;
    world.server.authorizationServer.revoke('all');
  }
  expect(world.server.authorizationServer.registrations).toHaveLength(2);
});

test('the page says that the exchange failed and why, without what was exchanged (OAUTH-17)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const { publicUrl } = await serveCallbacks(world.callbacks);
  authorizationServer.behaviour.tokenStatus = 400;
  const person = absentPerson();
  const oauth = { storage: 'file', callback: { kind: 'gateway', publicUrl } } as const;
  const connecting = world.connect(world.authorization({ oauth }), person);
  const [{ status, page }] = await Promise.all([
    person.url.then(visit),
    expect(connecting).rejects.toThrow('gave no token'),
  ]);
  expect([status, page]).toEqual([400, expect.stringContaining('<h1>Not authorized</h1>')]);
  expect(page).toContain('the authorization server gave no token: HTTP 400, and no OAuth error');
  for (const secret of authorizationServer.secrets) expect(page).not.toContain(secret || 'nothing');
});

test('the page runs nothing, is kept nowhere, and shows no code (OAUTH-06)', async () => {
  const callbacks = new OauthCallbacks();
  const { app } = await serveCallbacks(callbacks);
  const waiting = awaitCode(callbacks);
  const answer = await app.inject('/oauth/callback/notes?state=right&code=the-code');
  expect(await waiting).toBe('the-code');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  });
  expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  expect(answer.body).not.toMatch(/the-code|right|<script|<link|href/);
});

test('what the authorization server says is shown as text, in one short line (OAUTH-08)', async () => {
  const callbacks = new OauthCallbacks();
  const { app } = await serveCallbacks(callbacks);
  const waiting = awaitCode(callbacks);
  const saying = encodeURIComponent(`<script>alert("1")</script>\r\n'&${'x'.repeat(5000)}`);
  const [answer] = await Promise.all([
    app.inject(`/oauth/callback/notes?state=right&error=server_error&error_description=${saying}`),
    expect(waiting).rejects.toThrow('the authorization server refused: server_error: <script>'),
  ]);
  expect(answer.statusCode).toBe(400);
  expect(answer.body).toContain(
    'server_error: &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &#39;&amp;x',
  );
  expect(answer.body.length).toBeLessThan(2000);
});

test('only a browser’s GET for a server that waits, with its state, has an effect (OAUTH-04, OAUTH-06)', async () => {
  const callbacks = new OauthCallbacks();
  const { app } = await serveCallbacks(callbacks);
  const waiting = awaitCode(callbacks);
  const right = '/oauth/callback/notes?state=right&code=1';
  expect((await app.inject({ method: 'HEAD', url: right })).statusCode).toBe(404);
  expect((await app.inject({ method: 'POST', url: right })).statusCode).toBe(404);
  for (const url of [
    '/oauth/callback/notes',
    '/oauth/callback/notes?state=wrong&code=1',
    '/oauth/callback/other?state=right&code=1',
    '/oauth/callback/notes?state=right&state=right&code=1',
  ]) {
    const answer = await app.inject(url);
    expect([url, answer.statusCode]).toEqual([url, 400]);
    expect(answer.body).toContain('Nobody is waiting for this');
  }
  expect((await app.inject(right)).statusCode).toBe(200);
  expect(await waiting).toBe('1');
});

test('a wait that is given up takes no answer (OAUTH-04)', async () => {
  const callbacks = new OauthCallbacks();
  const giveUp = new AbortController();
  const waiting = awaitCode(callbacks, giveUp.signal);
  giveUp.abort(new Error('closed'));
  await expect(waiting).rejects.toThrow('closed');
  await expect(awaitCode(callbacks, giveUp.signal)).rejects.toThrow('closed');
  const params = new URLSearchParams('state=right&code=1');
  expect(callbacks.accept('notes', params)).toEqual({ kind: 'unknown' });
});

/** Waits for the code, which nobody exchanges. */
async function awaitCode(
  callbacks: OauthCallbacks,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  let received = '';
  const exchange = (code: string): Promise<void> => {
    received = code;
    return Promise.resolve();
  };
  await callbacks.redeem('notes', { state: 'right' }, exchange, signal);
  return received;
}

async function serveCallbacks(
  callbacks: OauthCallbacks,
): Promise<{ readonly app: FastifyInstance; readonly publicUrl: string }> {
  const app = fastify();
  addOauthCallbackRoute(app, callbacks);
  onTestFinished(async () => await app.close());
  return { app, publicUrl: await app.listen({ port: 0, host: '127.0.0.1' }) };
}
