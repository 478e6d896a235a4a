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
        callback: loopback,
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

test('oauth and an Authorization header of one’s own exclude each other (CONF-19)', () => {
  const server = { url: 'http://x', headers: { AUTHORIZATION: 'Bearer a' } };
  expect(folder.serverProblemsOf({ ...server, oauth: true })).toEqual([
    "'oauth' and an 'Authorization' among 'headers' exclude each other; keep one",
  ]);
  expect(folder.serverOf({ ...server, oauth: false })).toBeDefined();
});
