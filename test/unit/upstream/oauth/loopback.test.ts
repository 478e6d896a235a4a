import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { absentPerson, createOauthWorld, echo } from '../../../fixtures/authorized-client.ts';
import { visit } from '../../../fixtures/protected-server.ts';
import { freePort } from '../../../fixtures/free-port.ts';

test('a person who opens the URL lets the gateway in, with PKCE, a resource indicator and the server’s scope (OAUTH-01)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const urls: string[] = [];
  const pages: Promise<{ status: number; page: string }>[] = [];
  const client = await world.connect(world.authorization(), {
    onUrl: (url) => {
      urls.push(url);
      pages.push(visit(url));
    },
  });
  expect(await echo(client, 'hello')).toEqual([{ type: 'text', text: 'hello' }]);

  expect(urls).toHaveLength(1);
  const asked = new URL(urls[0] ?? '').searchParams;
  expect(asked.get('code_challenge_method')).toBe('S256');
  expect(asked.get('resource')).toBe(world.server.url);
  expect(asked.get('scope')).toBe('tools');
  expect(asked.get('state')).toMatch(/^[\w-]{43}$/);
  expect(authorizationServer.grants).toMatchObject([
    { type: 'authorization_code', resource: world.server.url, scope: 'tools' },
  ]);
  const [page] = await Promise.all(pages);
  expect(page?.status).toBe(200);
  expect(page?.page).toContain('<h1>Authorized</h1>');
  expect(page?.page).not.toContain('<script');
});

test('without a client of its own the gateway registers one, as the configuration says (OAUTH-02)', async () => {
  const world = await createOauthWorld();
  const callback = { kind: 'loopback', port: 0 } as const;
  const clientMetadata = { client_name: 'Our tools', contacts: ['ops@example.com'] };
  await world.connect(world.authorization({ oauth: { storage: 'memory', callback, clientMetadata } }));
  expect(world.server.authorizationServer.registrations).toEqual([
    {
      client_name: 'Our tools',
      contacts: ['ops@example.com'],
      redirect_uris: [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      scope: 'tools',
    },
  ]);
});

test('a client registered by hand is used with its secret, and none is registered (OAUTH-03)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const port = await freePort();
  authorizationServer.clients.set('by-hand', {
    secret: 'hand-made-secret',
    redirectUris: [`http://127.0.0.1:${port}/callback`],
  });
  const oauth = {
    client: { id: 'by-hand', secret: 'hand-made-secret' },
    storage: 'file',
    callback: { kind: 'loopback', port },
  } as const;
  const client = await world.connect(world.authorization({ oauth }));
  expect(await echo(client, 'hello')).toBeDefined();
  expect(authorizationServer.registrations).toEqual([]);
  expect(authorizationServer.grants).toMatchObject([{ clientId: 'by-hand' }]);

  const wrong = { ...oauth, client: { id: 'by-hand', secret: 'another-secret' }, storage: 'memory' } as const;
  await expect(world.connect(world.authorization({ oauth: wrong }))).rejects.toThrow(
    'the authorization server gave no token: invalid_client',
  );
});

test('the secret of a client goes to no authorization server but the first that issued tokens to it (OAUTH-03)', async () => {
  const world = await createOauthWorld();
  const port = await freePort();
  const client = { secret: 'hand-made-secret', redirectUris: [`http://127.0.0.1:${port}/callback`] };
  world.server.authorizationServer.clients.set('by-hand', client);
  const oauth = {
    client: { id: 'by-hand', secret: 'hand-made-secret' },
    storage: 'file',
    callback: { kind: 'loopback', port },
  } as const;
  await world.connect(world.authorization({ oauth }));

  // The same server, which now names another authorization server.
  const elsewhere = await createOauthWorld();
  elsewhere.server.authorizationServer.clients.set('by-hand', client);
  world.server.authorizationServer.revoke('all');
  world.server.guardedBy(elsewhere.server.authorizationServer);
  await expect(world.connect(world.authorization({ oauth }))).rejects.toThrow(
    'names another authorization server',
  );
  expect(elsewhere.server.authorizationServer.grants).toEqual([]);
});

test('the scope of the configuration replaces what the server asks for (OAUTH-13)', async () => {
  const world = await createOauthWorld();
  const callback = { kind: 'loopback', port: 0 } as const;
  await world.connect(
    world.authorization({ oauth: { storage: 'memory', callback, scope: 'tools:read offline_access' } }),
  );
  expect(world.server.authorizationServer.registrations).toMatchObject([
    { scope: 'tools:read offline_access' },
  ]);
  expect(world.server.authorizationServer.grants).toMatchObject([{ scope: 'tools:read offline_access' }]);
});

test('the port is open only while a person is awaited (OAUTH-05)', async () => {
  const world = await createOauthWorld();
  const port = await freePort();
  const oauth = { storage: 'memory', callback: { kind: 'loopback', port } } as const;
  const person = absentPerson();
  const connecting = world.connect(world.authorization({ oauth }), person);
  await person.url;
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${port}/callback`, { method: 'HEAD' })).status).toBe(404);
  await visit(await person.url);
  await connecting;
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
});

test('a port that is taken fails the attempt, and the error says which and what to set (OAUTH-05)', async () => {
  const world = await createOauthWorld();
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void squatter.close());
  const { port } = squatter.address() as AddressInfo; // listening on TCP
  const authorization = world.authorization({
    oauth: { storage: 'memory', callback: { kind: 'loopback', port } },
  });
  await expect(world.connect(authorization)).rejects.toThrow(
    `port ${port} of 127.0.0.1, where the authorization is to come back, is taken; free it, or set another "callback_port"`,
  );
  expect(world.shown).toEqual([]);
});

test('two servers wait at the same port, and each gets its own answer (OAUTH-05)', async () => {
  const world = await createOauthWorld();
  const other = await createOauthWorld();
  const oauth = { storage: 'memory', callback: { kind: 'loopback', port: await freePort() } } as const;
  const first = absentPerson();
  const second = absentPerson();
  const connecting = [
    world.connect(world.authorization({ oauth }), first),
    other.connect(world.authorization({ oauth, server: 'other', serverUrl: other.server.url }), {
      ...second,
    }),
  ] as const;
  await Promise.all([first.url, second.url]);
  await visit(await second.url);
  expect(await echo(await connecting[1], 'second')).toBeDefined();
  await visit(await first.url);
  expect(await echo(await connecting[0], 'first')).toBeDefined();
});

test('a client whose redirect URL has changed is registered anew (OAUTH-02)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  authorizationServer.behaviour.givesRefreshTokens = false;
  const withPort = async (port: number): Promise<void> => {
    authorizationServer.revoke('all');
    const oauth = { storage: 'file', callback: { kind: 'loopback', port } } as const;
    await world.connect(world.authorization({ oauth }));
  };
  const port = await freePort();
  await withPort(port);
  await withPort(port);
  expect(authorizationServer.registrations).toHaveLength(1);
  await withPort(await freePort());
  expect(authorizationServer.registrations).toHaveLength(2);
});

test('any free port stays the same between starts while it is free (OAUTH-02, OAUTH-05)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  authorizationServer.behaviour.givesRefreshTokens = false;
  await world.connect(world.authorization());
  authorizationServer.revoke('all');
  await world.connect(world.authorization());
  expect(authorizationServer.registrations).toHaveLength(1);

  const [uri = ''] = authorizationServer.clients.values().next().value?.redirectUris ?? [];
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(Number(new URL(uri).port), '127.0.0.1', resolve));
  onTestFinished(() => void squatter.close());
  authorizationServer.revoke('all');
  await world.connect(world.authorization());
  expect(authorizationServer.registrations).toHaveLength(2);
});
