import { afterAll, describe, expect, test } from 'vitest';
import type { ConfigFileOptions } from '../../../../src/config/config-file/read-config-file.ts';
import { createConfigFolder } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

function oauthOf(oauth: unknown, options?: Partial<ConfigFileOptions>): unknown {
  const server = folder.serverOf({ url: 'http://x', oauth }, options);
  return server?.type === 'stdio' ? undefined : server?.oauth;
}

const loopback = { kind: 'loopback', port: 3030 };
const gateway = { kind: 'gateway', publicUrl: 'https://tools.example.com' };

describe('oauth, in our words and in mcpo’s (CONF-18)', () => {
  test.each<[unknown, unknown]>([
    [true, { storage: 'file', callback: loopback }],
    [{}, { storage: 'file', callback: loopback }],
    [false, undefined],
    [
      { server_url: 'http://a', storage_type: 'memory', callback_port: 0, use_loopback: true },
      { storage: 'memory', callback: { kind: 'loopback', port: 0 } },
    ],
    [
      { client_id: 'id', client_secret: 's', scope: 'a b', storage: 'file', callbackPort: 1 },
      {
        client: { id: 'id', secret: 's' },
        scope: 'a b',
        storage: 'file',
        callback: { kind: 'loopback', port: 1 },
      },
    ],
    [
      { clientId: 'id', scopes: 'a' },
      { client: { id: 'id' }, scope: 'a', storage: 'file', callback: loopback },
    ],
    [
      { client_metadata: { client_name: 'n', redirect_uris: ['http://localhost:1'], x: 1 } },
      {
        storage: 'file',
        callback: { kind: 'loopback', port: 1, redirectUri: 'http://localhost:1' },
        clientMetadata: { client_name: 'n', redirect_uris: ['http://localhost:1'], x: 1 },
      },
    ],
    [{ publicUrl: 'https://tools.example.com/' }, { storage: 'file', callback: gateway }],
    [
      { use_loopback: false, public_url: 'https://tools.example.com' },
      { storage: 'file', callback: gateway },
    ],
  ])('%j', (oauth, expected) => expect(oauthOf(oauth)).toEqual(expected));

  test.each<[unknown, unknown]>([
    [true, gateway],
    [{ use_loopback: false }, gateway],
    [{ use_loopback: true }, loopback],
    [{ callback_port: 3030 }, loopback],
    [{ publicUrl: 'https://other.example.com' }, { kind: 'gateway', publicUrl: 'https://other.example.com' }],
  ])(
    'with a public URL of the gateway, %j comes back to it unless the server says otherwise',
    (oauth, callback) =>
      expect(oauthOf(oauth, { publicUrl: 'https://tools.example.com/' })).toMatchObject({ callback }),
  );

  test.each<[unknown, readonly string[]]>([
    [
      { use_loopback: false },
      [
        "'oauth.use_loopback' is false, so browsers must reach this gateway; write its 'publicUrl' beside it, or start with --public-url",
      ],
    ],
    [
      { useLoopback: true, publicUrl: 'https://a' },
      ["'oauth.publicUrl' is for servers without a loopback callback; remove it, or 'useLoopback'"],
    ],
    [
      { publicUrl: 'tools.example.com' },
      ['\'oauth.publicUrl\' is no URL of a gateway; write it as in "https://tools.example.com"'],
    ],
    [
      { publicUrl: 'https://a/?b' },
      ['\'oauth.publicUrl\' is no URL of a gateway; write it as in "https://tools.example.com"'],
    ],
    [{ clientSecret: 's' }, ["'oauth.clientSecret' needs a 'clientId' beside it"]],
    [
      { storage: 'file', storage_type: 'file' },
      ["'oauth.storage_type' says the same as 'storage'; keep one"],
    ],
    [{ storage: '${S}' }, ["'oauth.storage' comes from a variable that is neither file nor memory"]],
    [{ callbackprt: 1 }, ["unknown key 'callbackprt' in 'oauth'; did you mean 'callbackPort'?"]],
    ['yes', ["'oauth' must be true or false or an object, not text; write it as in true"]],
  ])('%j is a mistake', (oauth, problems) =>
    expect(folder.serverProblemsOf({ url: 'http://x', oauth }, { env: { S: 'disk' } })).toEqual(problems),
  );
});

describe('redirect URIs that the configuration names (CONF-23)', () => {
  const mcpos = 'http://localhost:3030/callback';
  const others = ['https://a.example.com/callback', 'http://127.0.0.1:3031/x', mcpos];
  const options = { publicUrl: 'https://tools.example.com' };
  const ours = 'https://tools.example.com/oauth/callback/s';

  test.each<[unknown, readonly string[], unknown]>([
    [{}, [mcpos], { kind: 'loopback', port: 3030, redirectUri: mcpos }],
    [{ callback_port: 3030 }, others, { kind: 'loopback', port: 3030, redirectUri: mcpos }],
    [{ useLoopback: true }, others, { kind: 'loopback', port: 3031, redirectUri: others[1] }],
    [{ publicUrl: 'https://tools.example.com' }, [ours, mcpos], gateway],
  ])('%j with %j comes back to one of them', (oauth, redirect_uris, callback) =>
    expect(oauthOf({ ...Object(oauth), client_metadata: { redirect_uris } })).toMatchObject({ callback }),
  );

  test.each<[unknown, readonly string[], unknown]>([
    [{}, [mcpos], { kind: 'loopback', port: 3030, redirectUri: mcpos }],
    [{}, [mcpos, ours], gateway],
    [{ callback_port: 3030 }, [mcpos, ours], { kind: 'loopback', port: 3030, redirectUri: mcpos }],
    [{ use_loopback: false }, [mcpos, ours], gateway],
  ])('with a public URL of the gateway, %j with %j too', (oauth, redirect_uris, callback) =>
    expect(oauthOf({ ...Object(oauth), client_metadata: { redirect_uris } }, options)).toMatchObject({
      callback,
    }),
  );

  test('may come from variables', () => {
    const client_metadata = { redirect_uris: ['http://localhost:${P}/callback'] };
    expect(oauthOf({ client_metadata }, { env: { P: '3030' } })).toMatchObject({
      callback: { port: 3030, redirectUri: mcpos },
    });
  });

  test('are not judged where a variable is missing, which is said once', () => {
    const client_metadata = { redirect_uris: ['http://localhost:${NO_PORT}/callback'] };
    expect(folder.serverProblemsOf({ url: 'http://x', oauth: { client_metadata } })).toEqual([
      expect.stringContaining('NO_PORT'),
    ]);
  });

  test.each<[object, unknown, string]>([
    [
      { callback_port: 3032 },
      others,
      "'oauth.callback_port' is 3032, but no redirect URI of this machine has that port; write 3031, or remove it",
    ],
    [
      { callbackPort: 0 },
      [mcpos],
      "'oauth.callbackPort' is 0, but no redirect URI of this machine has that port; write 3030, or remove it",
    ],
    [
      {},
      ['https://a.example.com/callback'],
      '\'oauth.client_metadata.redirect_uris\' names no place where this gateway can take the answer; add "http://localhost:3030/callback", or remove it',
    ],
    [
      { callbackPort: 3031 },
      ['https://localhost:3031/callback'],
      '\'oauth.client_metadata.redirect_uris\' names no place where this gateway can take the answer; add "http://localhost:3031/callback", or remove it',
    ],
    [
      { publicUrl: 'https://tools.example.com/' },
      [mcpos],
      `'oauth.client_metadata.redirect_uris' names no place where this gateway can take the answer; add "${ours}", or remove it`,
    ],
    [
      { publicUrl: '${URL}' },
      [mcpos],
      '\'oauth.client_metadata.redirect_uris\' names no place where this gateway can take the answer; add "{publicUrl}/oauth/callback/s", or remove it',
    ],
    [
      {},
      [],
      '\'oauth.client_metadata.redirect_uris\' must be a list of URLs, as in ["http://localhost:3030/callback"]',
    ],
    [
      {},
      mcpos,
      '\'oauth.client_metadata.redirect_uris\' must be a list of URLs, as in ["http://localhost:3030/callback"]',
    ],
    [
      {},
      [mcpos, 1],
      '\'oauth.client_metadata.redirect_uris\' must be a list of URLs, as in ["http://localhost:3030/callback"]',
    ],
  ])('%j with %j is a mistake', (oauth, redirect_uris, problem) =>
    expect(
      folder.serverProblemsOf(
        { url: 'http://x', oauth: { ...oauth, client_metadata: { redirect_uris } } },
        { env: { URL: 'https://tools.example.com' } },
      ),
    ).toEqual([problem]),
  );
});

test('oauth and an Authorization header of one’s own exclude each other (CONF-19)', () => {
  const server = { url: 'http://x', headers: { AUTHORIZATION: 'Bearer a' } };
  expect(folder.serverProblemsOf({ ...server, oauth: true })).toEqual([
    "'oauth' and an 'Authorization' among 'headers' exclude each other; keep one",
  ]);
  expect(folder.serverOf({ ...server, oauth: false })).toBeDefined();
});
