import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { OauthOptions } from '../../../../src/upstream/oauth/oauth-options.ts';
import { parseLoopbackUrl } from '../../../../src/upstream/oauth/redirect-url.ts';
import { absentPerson, createOauthWorld, echo } from '../../../fixtures/authorized-client.ts';
import { visit } from '../../../fixtures/protected-server.ts';
import { freePort } from '../../../fixtures/free-port.ts';

const hasIpv6 = await listens('::1');
const note = hasIpv6 ? '' : ' (skipped: this machine has no ::1)';

test.each([
  'http://localhost:PORT/callback',
  'http://127.0.0.1:PORT/back/here?tenant=1',
  'http://localhost:PORT',
])(
  'the redirect URI of the configuration is the one that is asked with, and listened at: %s (OAUTH-16)',
  async (template) => {
    const world = await createOauthWorld();
    const { authorizationServer } = world.server;
    const port = await freePort();
    const redirectUri = template.replace('PORT', `${port}`);
    const clientMetadata = {
      client_name: 'C',
      redirect_uris: ['https://elsewhere.example.com/', redirectUri],
    };
    const person = absentPerson();
    const authorization = world.authorization({ oauth: optionsOf(port, { redirectUri, clientMetadata }) });
    const connecting = world.connect(authorization, person);
    const url = await person.url;
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(redirectUri);
    expect((await fetch(`http://127.0.0.1:${port}/another`)).status).toBe(404);
    expect((await visit(url)).status).toBe(200);
    expect(await echo(await connecting, 'hello')).toBeDefined();
    expect(authorizationServer.registrations).toMatchObject([
      { redirect_uris: ['https://elsewhere.example.com/', redirectUri] },
    ]);
  },
);

test.skipIf(!hasIpv6)(`localhost is both of its addresses, and [::1] is one${note} (OAUTH-05)`, async () => {
  for (const [host, answering] of [
    ['localhost', ['127.0.0.1', '[::1]']],
    ['[::1]', ['[::1]']],
    ['127.0.0.1', ['127.0.0.1']],
  ] as const) {
    const world = await createOauthWorld();
    const port = await freePort();
    const redirectUri = `http://${host}:${port}/callback`;
    const person = absentPerson();
    const connecting = world.connect(
      world.authorization({ oauth: optionsOf(port, { redirectUri }) }),
      person,
    );
    const url = await person.url;
    const answers = ['127.0.0.1', '[::1]'].map(async (address) => {
      const answer = await fetch(`http://${address}:${port}/callback`).catch(() => undefined);
      return answer?.status === 400 ? [address] : [];
    });
    expect((await Promise.all(answers)).flat()).toEqual(answering);
    await visit(url);
    await connecting;
    await expect(fetch(redirectUri)).rejects.toThrow('fetch failed');
  }
});

test.skipIf(!hasIpv6)(
  `of localhost no address may be another’s, to whom the browser might go${note} (OAUTH-05)`,
  async () => {
    const world = await createOauthWorld();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '::1', resolve));
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as AddressInfo; // listening on TCP
    const redirectUri = `http://localhost:${port}/callback`;
    await expect(
      world.connect(world.authorization({ oauth: optionsOf(port, { redirectUri }) })),
    ).rejects.toThrow(
      `port ${port} of ::1, where the authorization is to come back, is taken; free it, or name another in "redirect_uris"`,
    );
    expect(await listens('127.0.0.1', port)).toBe(true);
  },
);

test('clients of mcpo are known by localhost, and so is the port that is free (OAUTH-16)', async () => {
  const world = await createOauthWorld();
  const { authorizationServer } = world.server;
  authorizationServer.behaviour.givesRefreshTokens = false;
  for (let start = 0; start < 2; start += 1) {
    await world.connect(world.authorization({ loopbackHost: 'localhost' }));
    authorizationServer.revoke('all');
  }
  expect(authorizationServer.registrations).toMatchObject([
    { redirect_uris: [expect.stringMatching(/^http:\/\/localhost:\d+\/callback$/)] },
  ]);
});

test.each([
  ['http://localhost:3030/callback', { host: 'localhost', port: 3030, path: '/callback' }],
  ['http://LOCALHOST:1', { host: 'localhost', port: 1, path: '/' }],
  ['http://127.0.0.1/a?b', { host: '127.0.0.1', port: 80, path: '/a' }],
  ['http://[0:0::1]:65535/', { host: '[::1]', port: 65_535, path: '/' }],
  ['https://localhost:3030/callback', undefined],
  ['http://localhost:0/callback', undefined],
  ['http://localhost:3030/callback#a', undefined],
  ['http://user@localhost:3030/callback', undefined],
  ['http://localhost.example.com:3030/callback', undefined],
  ['com.example.app:/callback', undefined],
  ['', undefined],
])('%j leads to %j on this machine (OAUTH-16)', (url, place) => expect(parseLoopbackUrl(url)).toEqual(place));

function optionsOf(
  port: number,
  {
    redirectUri,
    clientMetadata,
  }: { redirectUri: string; clientMetadata?: Readonly<Record<string, unknown>> },
): OauthOptions {
  return {
    storage: 'memory',
    callback: { kind: 'loopback', port, redirectUri },
    ...(clientMetadata !== undefined && { clientMetadata }),
  };
}

async function listens(host: string, port = 0): Promise<boolean> {
  const server = createServer();
  try {
    return await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, host, () => resolve(true));
    });
  } finally {
    server.close();
  }
}
