import { expect, test } from 'vitest';
import { absentPerson, createOauthWorld, echo } from '../../../fixtures/authorized-client.ts';
import { visit } from '../../../fixtures/protected-server.ts';

test('the URL is one line of the log that says what to do, and nothing goes on meanwhile (OAUTH-07)', async () => {
  const world = await createOauthWorld();
  const person = absentPerson();
  const connecting = world.connect(world.authorization(), person);
  const url = await person.url;
  expect(world.logger.lines.filter(({ level }) => level !== 'debug')).toEqual([
    { level: 'warn', fields: {}, message: `open this URL to let guarded in: ${url}` },
  ]);
  await visit(url);
  await connecting;
});

test('sessions that need the same leave at the same time ask once (OAUTH-07)', async () => {
  const world = await createOauthWorld();
  const authorization = world.authorization();
  const people = [absentPerson(), absentPerson(), absentPerson()];
  const connecting = people.map(async (person) => await world.connect(authorization, person));
  const urls = await Promise.all(people.map(async ({ url }) => await url));
  expect(new Set(urls).size).toBe(1);
  await visit(urls[0] ?? '');
  const clients = await Promise.all(connecting);
  for (const client of clients) expect(await echo(client, 'hello')).toBeDefined();
  expect(world.shown).toHaveLength(1);
  expect(world.server.authorizationServer.grants).toHaveLength(1);
  expect(world.server.authorizationServer.registrations).toHaveLength(1);
});

test('an answer with another state changes nothing (OAUTH-04)', async () => {
  const world = await createOauthWorld();
  const person = absentPerson();
  const connecting = world.connect(world.authorization(), person);
  const url = new URL(await person.url);
  const callback = url.searchParams.get('redirect_uri');
  const state = url.searchParams.get('state');
  for (const query of [
    'code=stolen&state=guessed',
    'code=stolen',
    `code=stolen&code=twice&state=${state}`,
    `state=${state}&state=${state}&code=stolen`,
    `state=${state}`,
    'error=access_denied&state=guessed',
  ]) {
    const answer = await fetch(`${callback}?${query}`);
    expect([query, answer.status]).toEqual([query, 400]);
    expect(await answer.text()).toContain('Nobody is waiting for this');
  }
  expect((await visit(url.href)).status).toBe(200);
  await connecting;
  expect(world.server.authorizationServer.grants).toHaveLength(1);
});

test('an answer is used once (OAUTH-04)', async () => {
  const world = await createOauthWorld();
  const person = absentPerson();
  const callback = { kind: 'gateway', publicUrl: 'http://127.0.0.1:1' } as const;
  const oauth = { storage: 'memory', callback } as const;
  const connecting = world.connect(world.authorization({ oauth }), person);
  const state = new URL(await person.url).searchParams.get('state') ?? '';
  const params = new URLSearchParams({ state, code: 'first' });
  expect(world.callbacks.accept('another', params).kind).toBe('unknown');
  expect(world.callbacks.accept('guarded', params).kind).toBe('accepted');
  expect(world.callbacks.accept('guarded', params).kind).toBe('unknown');
  await expect(connecting).rejects.toThrow('the authorization server gave no token: invalid_grant');
});

test('an answer must name the authorization server that was asked, where that promises its name (OAUTH-04)', async () => {
  const world = await createOauthWorld();
  const { behaviour, issuer } = world.server.authorizationServer;
  behaviour.says = 'https://attacker.example';
  const person = absentPerson();
  const connecting = world.connect(world.authorization(), person);
  expect((await visit(await person.url)).status).toBe(400);
  behaviour.says = undefined;
  expect((await visit(await person.url)).status).toBe(400);
  behaviour.says = issuer;
  expect((await visit(await person.url)).status).toBe(200);
  await connecting;
});

test('a person who says no fails the attempt with what the authorization server said, and is asked anew with the next (OAUTH-08)', async () => {
  const world = await createOauthWorld();
  const { behaviour } = world.server.authorizationServer;
  const authorization = world.authorization();
  behaviour.isDenying = true;
  let page: Promise<{ status: number; page: string }> | undefined;
  const denied = world.connect(authorization, {
    onUrl: (url) => {
      page = visit(url);
    },
  });
  await expect(denied).rejects.toThrow('access was denied (access_denied: The <b>person</b> said no)');
  const seen = await page;
  expect(seen?.status).toBe(400);
  expect(seen?.page).toContain('access_denied: The &lt;b&gt;person&lt;/b&gt; said no');
  behaviour.isDenying = false;
  await world.connect(authorization);
  expect(new Set(world.shown).size).toBe(2);
});

test('a server that still refuses after a person agreed fails the attempt (OAUTH-14)', async () => {
  const world = await createOauthWorld();
  world.server.authorizationServer.behaviour.givesRefreshTokens = false;
  world.server.refusesAll = true;
  await expect(world.connect(world.authorization())).rejects.toThrow('Unauthorized');
  expect(world.shown).toHaveLength(1);
});

test('an attempt that is given up leaves no port open (OAUTH-05)', async () => {
  const world = await createOauthWorld();
  const person = absentPerson();
  const giveUp = new AbortController();
  const connecting = world.connect(world.authorization(), { ...person, signal: giveUp.signal });
  const callback = new URL(await person.url).searchParams.get('redirect_uri') ?? '';
  giveUp.abort(new Error('closed'));
  await expect(connecting).rejects.toThrow('closed');
  await expect(fetch(callback)).rejects.toThrow('fetch failed');
});

test('an authorization server that registers nobody is reported with what to set (OAUTH-02)', async () => {
  const world = await createOauthWorld();
  world.server.authorizationServer.behaviour.registers = false;
  await expect(world.connect(world.authorization())).rejects.toThrow(
    'register one there, and set "client_id"',
  );
});

test('tokens, codes, verifiers and secrets are in no log line and no error, whatever the authorization server repeats (OAUTH-12)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  const said: string[] = [];
  const authorization = world.authorization();
  await world.connect(authorization);
  for (const tokenStatus of [503, 400]) {
    authorizationServer.revoke('access');
    authorizationServer.behaviour.tokenStatus = tokenStatus;
    const failure: unknown = await world.connect(authorization).catch((error: unknown) => error);
    if (!(failure instanceof Error)) throw new Error('the attempt was to fail');
    said.push(failure.message, String(failure.stack), String(failure.cause));
  }
  said.push(...world.logger.lines.map((line) => JSON.stringify(line)));
  expect(authorizationServer.secrets.size).toBeGreaterThan(3);
  for (const secret of authorizationServer.secrets) {
    if (secret === '') continue;
    expect(said.filter((text) => text.includes(secret))).toEqual([]);
  }
});
