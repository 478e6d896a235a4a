import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';

describe.skipIf(!isBuilt)('API keys of a file', { timeout: 60_000 }, () => {
  let folder: string;
  let gateway: GatewayProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcpo-keys-'));
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
    rmSync(folder, { recursive: true });
  });

  const statusOf = async (key: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const body = JSON.stringify({ timezone: 'UTC' });
    return (await send(gateway?.port ?? 0, '/get_current_time', { headers, body })).status;
  };

  test.each(['keys.json', 'keys.yaml'])(
    'are made, shown once, kept as hashes in %s, and followed (AUTH-01, AUTH-03)',
    async (name) => {
      const file = join(folder, name);
      const alice = make(file, '--name', 'alice', '--scopes', 'a,b', '--expires', '90d');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).not.toContain(alice);
      gateway = await startGateway(undefined, { flags: ['--api-keys-file', file, '--api-key', 'shared'] });
      expect([await statusOf(alice), await statusOf('shared'), await statusOf(`${alice}x`)]).toEqual([
        200, 200, 403,
      ]);
      const bob = make(file, '--name', 'bob');
      await expect.poll(async () => await statusOf(bob), { timeout: 30_000 }).toBe(200);
      expect(await statusOf(alice)).toBe(200);
      const running = gateway;
      // Until the change was seen, bob was refused.
      const callers = () => running.logs().flatMap(({ msg, caller }) => (msg === 'call' ? [caller] : []));
      await expect.poll(callers, { timeout: 10_000 }).toEqual(['alice', undefined, 'bob', 'alice']);
      expect(gateway.stderr).not.toContain(alice);
      expect(runServe(['key', 'new', '--name', 'bob', '--file', file])).toMatchObject({
        code: 2,
        stdout: '',
      });
    },
  );

  test('stay as they are when the file is broken while the gateway runs, and the log says where (AUTH-03)', async () => {
    const file = join(folder, 'keys.json');
    const alice = make(file, '--name', 'alice');
    gateway = await startGateway(undefined, { flags: ['--api-keys-file', file] });
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('sha256:', 'sha1:'));
    const running = gateway;
    await expect
      .poll(() => running.logs().some(({ msg }) => msg.includes('the ones before stay')), { timeout: 30_000 })
      .toBe(true);
    expect(running.logs().find(({ msg }) => msg.startsWith(`${file}:`))?.msg).toMatch(
      /:\d+:\d+: .*is no hash of a key/,
    );
    expect(await statusOf(alice)).toBe(200);
    // One that is gone is waited for.
    rmSync(file);
    await expect
      .poll(() => running.logs().filter(({ msg }) => msg.includes('the file is gone')), { timeout: 30_000 })
      .toMatchObject([{ path: file, msg: expect.stringContaining('stays in force') as string }]);
    expect(await statusOf(alice)).toBe(200);
    writeFileSync(file, '{ "keys": [] }');
    await expect.poll(async () => await statusOf(alice), { timeout: 30_000 }).toBe(403);
  });

  test('that have expired are refused, and the caller is told so (AUTH-01)', async () => {
    const file = join(folder, 'keys.json');
    const alice = make(file, '--name', 'alice', '--expires', '1h');
    const expired = readFileSync(file, 'utf8').replace(/"expires": "[^"]+"/, '"expires": "2020-01-01"');
    writeFileSync(file, expired);
    gateway = await startGateway(undefined, { flags: ['--api-keys-file', file] });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${alice}` };
    const answer = await send(gateway.port, '/get_current_time', { headers, body: '{}' });
    expect(answer.json()).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: 'The API key has expired.',
    });
  });

  test.each([
    ['{ "keys": [{ "name": "a" }] }', /needs 'hash'/],
    ['{ "keys": [{ "name": "a b", "hash": "x" }] }', /is no name of a key/],
    ['{ "keys": [{ "name": "a", "hsh": "x" }] }', /did you mean 'hash'/],
    ['', /the file is empty; write \{"keys": \[\]\} at least/],
    [
      `{ "keys": [{ "name": "a", "hash": "sha256:${'0'.repeat(64)}", "expires": "2999-02-30" }] }`,
      /a day or time that does not exist/,
    ],
    ['{', /keys\.json:1:/],
    ['[]', /must be an object, not a list; .*mcpo-serve key new --name/],
  ])('in a file with %s end the start with the place of the mistake (AUTH-03)', (text, says) => {
    const file = join(folder, 'keys.json');
    writeFileSync(file, text);
    const { code, stderr } = runServe(['--api-keys-file', file]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(says) as string]);
  });

  test('are not shown how to be written by one that opens something: the example is refused, with how to have one made (AUTH-03)', () => {
    const { examples } = JSON.parse(readFileSync('spec/api-keys.schema.json', 'utf8')) as {
      readonly examples: readonly unknown[];
    };
    for (const example of examples) {
      const file = join(folder, 'keys.json');
      writeFileSync(file, JSON.stringify(example));
      expect(runServe(['--api-keys-file', file])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/is no hash of a key; have it made by: mcpo-serve key new/) as string,
      });
    }
    expect(examples).toHaveLength(1);
  });

  test.each([
    [['key'], /key new --name/],
    [['key', 'new'], /--name/],
    [['key', 'new', '--name', 'a', '--expires', '2999-02-30'], /'2999-02-30' is no time; write/],
    [['key', 'new', '--name', 'a b'], /is no name of a key/],
    [['key', 'new', '--name', 'a', '--expires', 'soon'], /is no time/],
    [['key', 'new', '--name', 'a', '--expires', '2020-01-01'], /is over/],
    [['key', 'new', '--name', 'a', '--scopes', '"'], /is no scope/],
  ])('are not made by %j (AUTH-01)', (words, says) => {
    const { code, stdout, stderr } = runServe(words);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(says) as string]);
  });
});

function make(file: string, ...words: string[]): string {
  const { code, stdout, stderr } = runServe(['key', 'new', '--file', file, ...words]);
  expect([code, stderr.includes(stdout.trim())]).toEqual([0, false]);
  expect(stdout).toMatch(/^mcpo_[\w-]{43}\n$/);
  return stdout.trim();
}
