import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { startProtectedServer, visit, type ProtectedServer } from '../fixtures/protected-server.ts';
import { freePort } from '../fixtures/free-port.ts';

const key = { authorization: 'Bearer the-gateways-key' };

describe.skipIf(!isBuilt || process.platform === 'win32')(
  'a gateway in front of a server that asks for OAuth',
  () => {
    test('serves the others, takes the answer at its public URL without its key, and needs nobody at the next start (OAUTH-06, OAUTH-07, OAUTH-09)', async () => {
      const world = await createWorld();
      const first = await world.start();
      const time = await callTool(first, '/time/get_current_time', { timezone: 'UTC' });
      expect([time.status, time.text]).toEqual([200, expect.stringContaining('UTC')]);
      const url = await vi.waitFor(() => onlyUrlIn(first), { timeout: 10_000 });
      expect((await callTool(first, '/guarded/echo', { text: 'hello' })).status).not.toBe(200);

      const { status, page, address } = await visit(url);
      expect([status, page]).toEqual([200, expect.stringContaining('You can close this window.')]);
      expect(address).toMatch(`http://127.0.0.1:${first.port}/oauth/callback/guarded?`);
      await world.echoWorks(first);
      await first.stop();
      expectNoSecrets(world.server, first);
      const keyed = first.stderr
        .split('\n')
        .filter((line) => /open this URL|has let the gateway in/.test(line));
      // A parser keeps one of two members of the same name, and does not tell.
      expect(keyed.map((line) => line.split('"server":').length - 1)).toEqual([1, 1]);

      const second = await world.start();
      await world.echoWorks(second);
      expect(urlsIn(second)).toEqual([]);
      await second.stop();
      expectNoSecrets(world.server, second);
      expect(readdirSync(join(world.configFolder, 'mcpo-toolkit', 'tokens'))).toHaveLength(1);
    });

    test.each([
      [{}, '/callback'],
      [{ client_metadata: { client_name: 'C', redirect_uris: ['http://localhost:PORT/back'] } }, '/back'],
    ])(
      'with --compat mcpo and %j, the browser comes back to localhost as for mcpo (OAUTH-16)',
      async (more, path) => {
        const callbackPort = await freePort();
        const oauth: unknown = JSON.parse(JSON.stringify(more).replace('PORT', `${callbackPort}`));
        const world = await createWorld({
          ...Object(oauth),
          server_url: 'http://127.0.0.1:1',
          callback_port: callbackPort,
          use_loopback: true,
        });
        const gateway = await world.start(['--compat', 'mcpo']);
        const url = await vi.waitFor(() => onlyUrlIn(gateway), { timeout: 10_000 });
        expect(new URL(url).searchParams.get('redirect_uri')).toBe(`http://localhost:${callbackPort}${path}`);
        expect((await visit(url)).status).toBe(200);
        await world.echoWorks(gateway);
        expect(urlsIn(gateway)).toHaveLength(1);
      },
    );
  },
);

interface World {
  readonly server: ProtectedServer;
  readonly configFolder: string;
  start(flags?: readonly string[]): Promise<GatewayProcess>;
  echoWorks(gateway: GatewayProcess): Promise<void>;
}

async function createWorld(oauth: object = { useLoopback: false }): Promise<World> {
  const server = await startProtectedServer();
  onTestFinished(async () => await server.close());
  const configFolder = mkdtempSync(join(tmpdir(), 'oauth-gateway-'));
  onTestFinished(() => rmSync(configFolder, { recursive: true }));
  const port = await freePort();
  const config = join(configFolder, 'config.json');
  const timeServer = ['dist', 'src', 'cli', 'time-server.js'].join('/');
  writeFileSync(
    config,
    JSON.stringify({
      mcpServers: {
        guarded: { url: server.url, oauth },
        time: { command: process.execPath, args: [timeServer] },
      },
    }),
  );
  const flags = ['--config', config, '--port', String(port), '--api-key', 'the-gateways-key'];
  return {
    server,
    configFolder,
    async start(more = []) {
      const gateway = await startGateway(undefined, {
        flags: [...flags, ...more, '--public-url', `http://127.0.0.1:${port}`],
        // The second is where macOS keeps configuration.
        env: { XDG_CONFIG_HOME: configFolder, HOME: configFolder },
      });
      onTestFinished(async () => await gateway.stop());
      return gateway;
    },
    async echoWorks(gateway) {
      await vi.waitFor(
        async () => {
          const answer = await callTool(gateway, '/guarded/echo', { text: 'hello' });
          expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('hello')]);
        },
        { timeout: 15_000, interval: 100 },
      );
    },
  };
}

async function callTool(
  { port }: GatewayProcess,
  path: string,
  args: object,
): Promise<Awaited<ReturnType<typeof send>>> {
  const headers = { ...key, 'content-type': 'application/json' };
  return await send(port, path, { headers, body: JSON.stringify(args) });
}

function urlsIn(gateway: GatewayProcess): readonly string[] {
  return gateway
    .logs()
    .filter(({ msg }) => msg.startsWith('open this URL to let guarded in: '))
    .map(({ msg }) => msg.slice(msg.indexOf('http')));
}

function onlyUrlIn(gateway: GatewayProcess): string {
  const [url = '', ...others] = urlsIn(gateway);
  expect([url, others]).toEqual([expect.stringMatching(/^http/), []]);
  return url;
}

function expectNoSecrets(server: ProtectedServer, gateway: GatewayProcess): void {
  const said = `${gateway.stdout}${gateway.stderr}`;
  const told = [...server.authorizationServer.secrets].filter(
    (secret) => secret !== '' && said.includes(secret),
  );
  expect(told).toEqual([]);
}
