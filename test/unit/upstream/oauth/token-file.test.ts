import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createOauthWorld, echo, type OauthWorld } from '../../../fixtures/authorized-client.ts';
import { tokenFolderOf } from '../../../../src/upstream/oauth/token-folder.ts';

const isPosix = process.platform !== 'win32';

describe.runIf(isPosix)('permissions', () => {
  test('tokens are readable by their owner alone, and the folder too (OAUTH-09)', async () => {
    const world = await createOauthWorld();
    chmodSync(world.tokenFolder, 0o755);
    await world.connect(world.authorization());
    expect(statSync(world.tokenFolder).mode & 0o777).toBe(0o700);
    expect(statSync(fileIn(world)).mode & 0o777).toBe(0o600);
  });

  test('a file that others can read is closed to them, with a warning (OAUTH-09)', async () => {
    const world = await createOauthWorld();
    await world.connect(world.authorization());
    chmodSync(fileIn(world), 0o644);
    await world.connect(world.authorization());
    expect(statSync(fileIn(world)).mode & 0o777).toBe(0o600);
    expect(warnings(world)).toContain('others could read the file with the saved tokens; now they cannot');
    expect(world.shown).toHaveLength(1);
  });
});

test.each(['', '{"tokens":', '[]', '{"tokens":{"access_token":5}}', 'null', '\u0000\u0000'])(
  'a broken file is as none, with a warning: %j (OAUTH-09)',
  async (text) => {
    const world = await createOauthWorld();
    await world.connect(world.authorization());
    writeFileSync(fileIn(world), text);
    const client = await world.connect(world.authorization());
    expect(await echo(client, 'hello')).toBeDefined();
    expect(warnings(world)).toContain('the file with the saved tokens is broken; it is taken as absent');
    expect(world.shown).toHaveLength(2);
  },
);

test('nothing but the file is left, and it holds no secret of the configuration (OAUTH-09)', async () => {
  const world = await createOauthWorld();
  const redirectUris = ['http://127.0.0.1:1/oauth/callback/guarded'];
  world.server.authorizationServer.clients.set('by-hand', { secret: 'hand-made', redirectUris });
  await world.connect(world.authorization());
  expect(readdirSync(world.tokenFolder)).toEqual([expect.stringMatching(/^[\da-f]{32}\.json$/)]);
  expect(readFileSync(fileIn(world), 'utf8')).not.toContain('hand-made');
});

test('a folder that cannot be written costs the next start a question, and nothing else (OAUTH-09)', async () => {
  const world = await createOauthWorld();
  const blocked = join(world.tokenFolder, 'file');
  writeFileSync(blocked, '');
  const authorization = world.authorization({ tokenFolder: join(blocked, 'tokens') });
  const client = await world.connect(authorization);
  expect(await echo(client, 'hello')).toBeDefined();
  expect(warnings(world)).toContain('tokens could not be saved; the next start will ask again');
  await world.connect(authorization);
  expect(world.shown).toHaveLength(1);
});

test('the lock of a gateway that has died is taken over (OAUTH-10)', async () => {
  const world = await createOauthWorld();
  await world.connect(world.authorization());
  const lock = `${fileIn(world)}.lock`;
  writeFileSync(lock, '');
  const longAgo = Date.now() / 1000 - 60;
  utimesSync(lock, longAgo, longAgo);
  await world.connect(world.authorization({ now: () => Date.now() + 3_600_000 }));
  expect(world.server.authorizationServer.grants).toHaveLength(2);
  expect(existsSync(lock)).toBe(false);
});

test('servers, clients and scopes have files of their own (OAUTH-09)', async () => {
  const world = await createOauthWorld();
  const callback = { kind: 'loopback', port: 0 } as const;
  await world.connect(world.authorization());
  await world.connect(world.authorization({ oauth: { storage: 'file', callback, scope: 'other' } }));
  expect(readdirSync(world.tokenFolder)).toHaveLength(2);
  expect(world.shown).toHaveLength(2);
});

test('the folder is where the platform keeps configuration (OAUTH-09)', () => {
  const home = '/home/ann';
  expect(tokenFolderOf({ platform: 'linux', env: {}, home })).toBe('/home/ann/.config/mcpo-toolkit/tokens');
  const xdg = { XDG_CONFIG_HOME: '/cfg' };
  expect(tokenFolderOf({ platform: 'linux', env: xdg, home })).toBe('/cfg/mcpo-toolkit/tokens');
  const relative = { XDG_CONFIG_HOME: 'cfg' };
  expect(tokenFolderOf({ platform: 'linux', env: relative, home })).toBe(
    '/home/ann/.config/mcpo-toolkit/tokens',
  );
  expect(tokenFolderOf({ platform: 'darwin', env: {}, home })).toBe(
    '/home/ann/Library/Application Support/mcpo-toolkit/tokens',
  );
  expect(
    tokenFolderOf({
      platform: 'win32',
      env: { APPDATA: 'C:\\Users\\ann\\AppData\\Roaming' },
      home: 'C:\\Users\\ann',
    }),
  ).toBe('C:\\Users\\ann\\AppData\\Roaming\\mcpo-toolkit\\tokens');
});

function fileIn({ tokenFolder }: OauthWorld): string {
  const name = readdirSync(tokenFolder).find((entry) => entry.endsWith('.json'));
  return join(tokenFolder, name ?? '');
}

function warnings({ logger }: OauthWorld): readonly string[] {
  return logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
}
