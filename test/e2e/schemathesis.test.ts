import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { startTokenIssuer } from '../fixtures/token-issuer.ts';
import { commandOf } from './reference-server.ts';

const reason = findReason();
// The reporter shows the title of what is skipped.
const note = reason === undefined ? '' : ` (skipped: ${reason})`;
const deadlineMs = 150_000;

/**
 * Schemathesis reads the document as a stranger would, and sends what it allows and what it forbids. A tool may refuse what
 * its schema allows (424); every other answer has to be one that the document declares, as it declares it.
 */
describe.skipIf(reason !== undefined || !isBuilt)(`what schemathesis sends${note}`, () => {
  let folder = '';
  let gateway: GatewayProcess | undefined;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcpo-schemathesis-'));
    writeFileSync(join(folder, 'schemathesis.toml'), settings);
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const fuzz = async (running: GatewayProcess, ...words: string[]): Promise<Run> =>
    await runSchemathesis(folder, [`${running.url}/openapi.json`, ...words]);

  test('gets documented answers of a server without credentials', { timeout: deadlineMs }, async () => {
    gateway = await startGateway(undefined);
    expect(await fuzz(gateway)).toMatchObject(clean);
    expect(await healthOf(gateway)).toBe(200);
  });

  test('gets nothing past an API key', { timeout: deadlineMs }, async () => {
    gateway = await startGateway(undefined, { flags: ['--api-key', 'fuzzed-key'] });
    expect(await fuzz(gateway, '-H', 'Authorization: Bearer fuzzed-key')).toMatchObject(clean);
    expect(gateway.stderr).not.toContain('fuzzed-key');
  });

  test('gets nothing past a token', { timeout: deadlineMs }, async () => {
    const issuer = await startTokenIssuer();
    try {
      const flags = ['--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience];
      gateway = await startGateway(undefined, { flags });
      const token = await issuer.sign();
      expect(await fuzz(gateway, '-H', `Authorization: Bearer ${token}`)).toMatchObject(clean);
      expect(gateway.stderr).not.toContain(token);
    } finally {
      await issuer.close();
    }
  });

  test('gets documented answers of the reference servers', { timeout: deadlineMs }, async () => {
    const files = mkdtempSync(join(folder, 'files-'));
    const memory = {
      ...launch('server-memory'),
      env: { MEMORY_FILE_PATH: join(folder, 'memory.json') },
    };
    const mcpServers = {
      everything: launch('server-everything'),
      memory,
      files: launch('server-filesystem', [files]),
      thinking: launch('server-sequential-thinking'),
    };
    const config = join(folder, 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers }));
    // Schemathesis takes formats for assertions, so the gateway has to as well.
    gateway = await startGateway(undefined, { flags: ['--config', config, '--formats', 'assert'] });
    // One of these fetches from the network, the other takes ten seconds a call.
    const left = ['gzip-file-as-resource', 'trigger-long-running-operation'];
    const words = left.flatMap((tool) => ['--exclude-path', `/everything/${tool}`]);
    expect(await fuzz(gateway, ...words)).toMatchObject(clean);
    expect(await healthOf(gateway)).toBe(200);
  });
});

/** A reference server, as a configuration file names it. */
function launch(name: string, args: readonly string[] = []): object {
  const [command, ...rest] = commandOf(name, args);
  return { command, args: rest };
}

/** How a run ended, and what it printed, for people to read when it was not clean. */
interface Run {
  readonly code: number | null;
  readonly output: string;
}

const clean = { code: 0, output: expect.stringMatching(/\b[1-9]\d* generated, [1-9]\d* passed/) as string };

const settings = `
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 424]
`;

const examples = '6';
const seed = '20240817';

/** Not spawnSync: the issuer of the tokens runs in this process. */
async function runSchemathesis(folder: string, words: readonly string[]): Promise<Run> {
  const own = ['--config-file', join(folder, 'schemathesis.toml'), 'run'];
  const bounds = ['--seed', seed, '-n', examples, '--no-shrink', '--phases', 'examples,coverage,fuzzing'];
  const child = spawn('uvx', ['--offline', 'schemathesis', ...own, ...words, ...bounds], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs - 20_000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

async function healthOf({ url }: GatewayProcess): Promise<number> {
  return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) })).status;
}

/** Why it cannot be run here; it is never fetched by a test. */
function findReason(): string | undefined {
  const asked = spawnSync('uvx', ['--offline', 'schemathesis', '--version'], { timeout: 60_000 });
  if (asked.error !== undefined) return 'uvx is not installed';
  return asked.status === 0 ? undefined : 'schemathesis has not been fetched by uvx';
}
