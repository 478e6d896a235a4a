import { describe, expect, test } from 'vitest';
import {
  authenticateClient,
  methodToRegister,
  type ClientIdentity,
} from '../../../../src/upstream/oauth/client-authentication.ts';
import { createOauthWorld, echo } from '../../../fixtures/authorized-client.ts';

const basic = 'client_secret_basic';
const post = 'client_secret_post';

describe('a server that takes no client without a secret, and looks for the id in the body alone (OAUTH-15)', () => {
  test.each([
    [[post, basic], post],
    [[basic, post], basic],
    [[basic], basic],
    [['private_key_jwt', post], post],
  ])(
    'offers %j: one client is registered, one person asked, and tokens are renewed',
    async (methods, used) => {
      const world = await createOauthWorld();
      const { authorizationServer } = world.server;
      Object.assign(authorizationServer.behaviour, { methods, isStrict: true });
      await world.connect(world.authorization());
      authorizationServer.revoke('access');
      expect(await echo(await world.connect(world.authorization()), 'hello')).toBeDefined();

      expect(authorizationServer.registrations).toMatchObject([{ token_endpoint_auth_method: used }]);
      expect(authorizationServer.grants.map(({ type }) => type)).toEqual([
        'authorization_code',
        'refresh_token',
      ]);
      expect(world.shown).toHaveLength(1);
    },
  );

  test('knows a client that was registered by hand for the method that it names first', async () => {
    const world = await createOauthWorld();
    const { authorizationServer } = world.server;
    Object.assign(authorizationServer.behaviour, { methods: [post, basic], isStrict: true });
    expect(await grantedByHand(world, post)).toEqual(['authorization_code', 'refresh_token']);
  });

  test('knows a client that was registered by hand for the method that the configuration names', async () => {
    const world = await createOauthWorld();
    const { authorizationServer } = world.server;
    Object.assign(authorizationServer.behaviour, { methods: [basic, post], isStrict: true });
    expect(await grantedByHand(world, post, { token_endpoint_auth_method: post })).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
  });
});

test.each<[readonly string[] | undefined, string]>([
  [undefined, 'none'],
  [[], 'none'],
  [[post, basic, 'none'], 'none'],
  [['private_key_jwt', basic, post], basic],
  [['private_key_jwt'], 'none'],
])('of %j, %s is registered (OAUTH-15)', (methods, expected) =>
  expect(methodToRegister(metadata(methods))).toBe(expected),
);

test('a server that takes an id beside an Authorization header for a second authentication is content (OAUTH-15)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  Object.assign(authorizationServer.behaviour, { methods: [basic, post], refusesIdTwice: true });
  await world.connect(world.authorization());
  authorizationServer.revoke('access');
  await world.connect(world.authorization());
  expect(authorizationServer.registrations).toMatchObject([{ token_endpoint_auth_method: basic }]);
  expect(authorizationServer.grants.map(({ type }) => type)).toEqual(['authorization_code', 'refresh_token']);
});

test.each<[Partial<ClientIdentity>, readonly string[] | undefined, string]>([
  [{}, [post], 'none'],
  [{ client_secret: 's' }, undefined, basic],
  [{ client_secret: 's' }, ['none', post, basic], post],
  [{ client_secret: 's' }, ['none'], 'none'],
  [{ client_secret: 's' }, ['private_key_jwt'], post],
  [{ client_secret: 's', token_endpoint_auth_method: post }, undefined, post],
  [{ client_secret: 's', token_endpoint_auth_method: basic }, [post, basic], basic],
  [{ client_secret: 's', token_endpoint_auth_method: 'none' }, [post], post],
  [{ client_secret: 's', token_endpoint_auth_method: 'none' }, ['none', post], 'none'],
  [{ token_endpoint_auth_method: basic }, [basic], 'none'],
])('%j is known to a server with %j by %s (OAUTH-15)', (client, methods, by) => {
  for (const isRepeated of [false, true]) {
    const headers = new Headers();
    const body = new URLSearchParams();
    const request = { headers, body, metadata: metadata(methods), isRepeated };
    expect(authenticateClient(request, { client_id: 'c', ...client })).toBe(by);
    const found = headers.has('authorization') ? basic : body.has('client_secret') ? post : 'none';
    expect([found, body.get('client_id')]).toEqual([by, by === basic && !isRepeated ? null : 'c']);
  }
});

test('an id or a secret with characters of its own is encoded before the colon is put between them (OAUTH-15)', () => {
  const headers = new Headers();
  const client = { client_id: 'https://a/é', client_secret: 's:+/ %' };
  const body = new URLSearchParams();
  authenticateClient({ headers, body, metadata: undefined, isRepeated: false }, client);
  const [, encoded = ''] = (headers.get('authorization') ?? '').split(' ');
  expect(Buffer.from(encoded, 'base64').toString()).toBe('https%3A%2F%2Fa%2F%C3%A9:s%3A%2B%2F%20%25');
});

async function grantedByHand(
  world: Awaited<ReturnType<typeof createOauthWorld>>,
  method: string,
  clientMetadata?: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const { authorizationServer } = world.server;
  const publicUrl = 'http://127.0.0.1:1';
  authorizationServer.clients.set('by-hand', {
    secret: 'hand-made-secret',
    method,
    redirectUris: [`${publicUrl}/oauth/callback/guarded`],
  });
  const client = { id: 'by-hand', secret: 'hand-made-secret' };
  const oauth = {
    client,
    storage: 'file',
    callback: { kind: 'gateway', publicUrl },
    ...(clientMetadata !== undefined && { clientMetadata }),
  } as const;
  const onUrl = (url: string): void => void agree(world, url);
  await world.connect(world.authorization({ oauth }), { onUrl });
  authorizationServer.revoke('access');
  await world.connect(world.authorization({ oauth }), { onUrl });
  expect(authorizationServer.registrations).toEqual([]);
  return authorizationServer.grants.map(({ type }) => type);
}

/** Brings the answer by hand: nothing listens at the public URL. */
async function agree(world: Awaited<ReturnType<typeof createOauthWorld>>, url: string): Promise<void> {
  const answer = await fetch(url, { redirect: 'manual' });
  const { searchParams } = new URL(answer.headers.get('location') ?? '');
  world.callbacks.accept('guarded', searchParams);
}

function metadata(methods: readonly string[] | undefined): Parameters<typeof methodToRegister>[0] {
  return {
    issuer: 'http://a',
    authorization_endpoint: 'http://a/authorize',
    token_endpoint: 'http://a/token',
    response_types_supported: ['code'],
    ...(methods !== undefined && { token_endpoint_auth_methods_supported: [...methods] }),
  };
}
