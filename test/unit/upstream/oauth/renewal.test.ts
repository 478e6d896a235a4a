import { expect, test } from 'vitest';
import { createOauthWorld, echo, type OauthWorld } from '../../../fixtures/authorized-client.ts';

const failIfAsked = {
  onUrl: () => {
    throw new Error('nobody must be asked');
  },
};

test('a token that is about to end is renewed before the request, once for all requests (OAUTH-10)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  let now = Date.now();
  const client = await world.connect(world.authorization({ now: () => now }));
  authorizationServer.revoke('access');
  now += 3_590_000;
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (text) => await echo(client, text)));
  expect(answers).toHaveLength(5);
  expect(grantTypes(world)).toEqual(['authorization_code', 'refresh_token']);
  expect(authorizationServer.replays).toBe(0);
  expect(world.shown).toHaveLength(1);
});

test('a token that the server refuses early is renewed, and nobody is asked (OAUTH-10)', async () => {
  const world = await createOauthWorld();
  const authorization = world.authorization();
  world.server.authorizationServer.behaviour.lifeSeconds = undefined;
  const client = await world.connect(authorization);
  world.server.authorizationServer.revoke('access');
  // What is lost is the session: the next one has the new token.
  const calls = await Promise.allSettled([1, 2, 3, 4].map(async () => await echo(client, 'refused')));
  expect(calls.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
  const again = await world.connect(authorization, failIfAsked);
  expect(await echo(again, 'hello')).toBeDefined();
  expect(grantTypes(world)).toEqual(['authorization_code', 'refresh_token']);
  expect(world.server.authorizationServer.replays).toBe(0);
});

test('the next start needs nobody (OAUTH-09)', async () => {
  const world = await createOauthWorld();
  await world.connect(world.authorization());
  const client = await world.connect(world.authorization(), failIfAsked);
  expect(await echo(client, 'hello')).toBeDefined();
  expect(grantTypes(world)).toEqual(['authorization_code']);

  world.server.authorizationServer.revoke('access');
  await world.connect(world.authorization({ now: () => Date.now() + 3_600_000 }), failIfAsked);
  expect(grantTypes(world)).toEqual(['authorization_code', 'refresh_token']);
});

test('tokens in memory end with the process (OAUTH-09)', async () => {
  const world = await createOauthWorld();
  const oauth = { storage: 'memory', callback: { kind: 'loopback', port: 0 } } as const;
  await world.connect(world.authorization({ oauth }));
  await world.connect(world.authorization({ oauth }));
  expect(world.shown).toHaveLength(2);
});

test('two gateways that share a file use a refresh token once (OAUTH-10)', async () => {
  const world = await createOauthWorld();
  let now = Date.now();
  const options = { now: () => now };
  const one = await world.connect(world.authorization(options));
  const two = await world.connect(world.authorization(options), failIfAsked);
  world.server.authorizationServer.revoke('access');
  now += 3_600_000;
  await Promise.all([echo(one, 'one'), echo(two, 'two'), echo(one, 'three'), echo(two, 'four')]);
  expect(grantTypes(world)).toEqual(['authorization_code', 'refresh_token']);
  expect(world.server.authorizationServer.replays).toBe(0);
});

test('what one gateway was granted, another that waits its turn takes from the file (OAUTH-10)', async () => {
  const world = await createOauthWorld();
  const late = world.authorization();
  await late.provider.tokens();
  await world.connect(world.authorization());
  await world.connect(late, failIfAsked);
  expect(grantTypes(world)).toEqual(['authorization_code']);
});

test('a person is asked again when the refresh token is refused (OAUTH-11)', async () => {
  const world = await createOauthWorld();
  const authorization = world.authorization();
  await world.connect(authorization);
  world.server.authorizationServer.revoke('all');
  const client = await world.connect(authorization);
  expect(await echo(client, 'hello')).toBeDefined();
  expect(world.shown).toHaveLength(2);
  expect(world.logger.lines).toContainEqual({
    level: 'warn',
    fields: { reason: 'invalid_grant' },
    message: 'the refresh token is refused',
  });
});

test('a client that the authorization server has forgotten is registered again (OAUTH-11)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const authorization = world.authorization();
  await world.connect(authorization);
  authorizationServer.revoke('access');
  authorizationServer.clients.clear();
  await world.connect(authorization);
  expect(authorizationServer.registrations).toHaveLength(2);
});

test('an authorization server that fails fails the attempt, asks nobody, and costs no token (OAUTH-11)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const authorization = world.authorization();
  await world.connect(authorization);
  authorizationServer.revoke('access');
  authorizationServer.behaviour.tokenStatus = 503;
  await expect(world.connect(authorization, failIfAsked)).rejects.toThrow(
    'the access token could not be renewed: HTTP 503, and no OAuth error',
  );
  authorizationServer.behaviour.tokenStatus = undefined;
  await world.connect(authorization, failIfAsked);
  expect(grantTypes(world)).toEqual(['authorization_code', 'refresh_token']);
});

test('a server that refuses every token fails each attempt, and in the end a person is asked (OAUTH-14)', async () => {
  const world = await createOauthWorld();
  let now = Date.now();
  const authorization = world.authorization({ now: () => now });
  await world.connect(authorization);
  world.server.refusesAll = true;
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await expect(world.connect(authorization, failIfAsked)).rejects.toThrow(
      'the server refused the access token; there is a new one',
    );
    now += 10_000;
  }
  await expect(world.connect(authorization)).rejects.toThrow('the server refused the access token');
  expect(world.shown).toHaveLength(2);
  expect(grantTypes(world).filter((type) => type === 'refresh_token')).toHaveLength(6);
});

function grantTypes(world: OauthWorld): readonly string[] {
  return world.server.authorizationServer.grants.map(({ type }) => type);
}
