import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';

const dist = join(process.cwd(), 'dist');
const cli = join(dist, 'src', 'cli', 'serve.js');
const recorder = join(process.cwd(), 'test', 'fixtures', 'record-modules.mjs');
const timeServer = [process.execPath, join(dist, 'src', 'cli', 'time-server.js')];

/** Parts of names of modules that a gateway with one server over stdio has no use for. */
const idle = {
  'servers over HTTP':
    /^src\/upstream\/remote\/(?!remote-upstream)|sdk\/.*\/client\/(?:sse|streamableHttp)\.js/,
  OAuth: /^src\/upstream\/oauth\/(?:create-authorization|oauth-provider|token-)|sdk\/.*\/client\/auth\.js/,
  TLS: /^src\/http\/tls\/(?:tls-server|tls-certificate)\.js|^src\/serve\/(?:tls-reload|read-certificate)\.js/,
  'the configuration file': /^src\/config\/config-file\/|^jsonc-parser\//,
  YAML: /^yaml\//,
  'the comparison of contracts': /^src\/contract\/diff\/diff-documents\.js|^src\/config\/contract-file\.js/,
  'other forms of the document': /^src\/contract\/forms\/(?:downgrade|inline-refs|document-form)/,
  'the look of mcpo': /^src\/compat\//,
  'swagger-parser': /^@apidevtools\/swagger-parser\//,
  'logs for people': /^pino-pretty\//,
  'the time server': /^src\/time-server\//,
  'rules of who may call what': /^src\/authorization\/|^src\/serve\/create-rules\.js/,
  'several processes': /^src\/cli\/workers\//,
  'rate limits': /^src\/limits\/rate-(?:limiter|counter)\.js|^@fastify\/rate-limit\//,
  Redis: /^src\/redis\/redis-(?:link|client)\.js|^src\/gateway\/idempotency\/shared-scripts\.js|^ioredis\//,
  'the audit log': /^src\/audit\//,
  // Of OpenTelemetry, prom-client has the interfaces.
  tracing: /^src\/tracing\/|^@opentelemetry\/(?!api\/)/,
} as const;

beforeEach(({ skip }) => skip(!isBuilt, 'not built: npm run build'));

describe('a gateway with one server over stdio', () => {
  test.each(Object.entries(idle))('does not load %s (START-01)', async (_name, pattern) => {
    const modules = await recordReady(['--', ...timeServer]);
    expect(modules.filter((name) => pattern.test(name))).toEqual([]);
    expect(modules).toContain('src/upstream/stdio/stdio-session.js');
  });

  test('and with options that need it, loads it (START-01)', async () => {
    const modules = await recordReady(['--compat', 'mcpo', '--', ...timeServer]);
    expect(modules.filter((name) => idle['the look of mcpo'].test(name))).not.toEqual([]);
  });

  test('and what gateways share, where that is asked for (START-01)', async () => {
    const shared = ['--rate-limit', '1/s', '--redis-url', 'redis://127.0.0.1:1'];
    const modules = await recordReady([...shared, '--', ...timeServer]);
    for (const name of ['rate limits', 'Redis'] as const)
      expect(modules.filter((module) => idle[name].test(module)).length).toBeGreaterThan(2);
  });

  test('starts the server before the SDK and what stands in front of it are loaded (START-02)', async () => {
    const modules = await recordReady(['--', ...timeServer]);
    const spawning = modules.indexOf('src/upstream/stdio/child.js');
    expect(spawning).toBeGreaterThan(-1);
    for (const late of [/sdk\/.*\/client\/index\.js/, /^src\/http\/server\.js/, /^fastify\//, /^ajv\//]) {
      expect(modules.findIndex((name) => late.test(name))).toBeGreaterThan(spawning);
    }
  });
});

test.each([['--help'], ['--version'], ['--port', 'none'], ['--no-such-option']])(
  'mcpo-serve %s %s loads the options and nothing else (START-01)',
  async (...words) => {
    const { modules } = await record(words);
    const packages = modules.filter((name) => !name.startsWith('src/'));
    expect(packages.filter((name) => !name.startsWith('commander/'))).toEqual([]);
    expect(modules.filter((name) => /^src\/(?:contract|gateway|http|serve|upstream)\//.test(name))).toEqual(
      [],
    );
    expect(modules).toContain('src/cli/serve.js');
  },
);

/** Loaded until ready; read once for all tests that ask for the same. */
const known = new Map<string, Promise<readonly string[]>>();

function recordReady(words: readonly string[]): Promise<readonly string[]> {
  const key = words.join(' ');
  const recorded = known.get(key) ?? recordServing(words);
  known.set(key, recorded);
  return recorded;
}

async function recordServing(words: readonly string[]): Promise<readonly string[]> {
  const { modules, line } = await record(['--json', '--port', '0', ...words]);
  expect(line).toContain('"url"');
  return modules;
}

/** Runs the command to its end, or until it is ready. @returns the modules loaded, in their order */
async function record(
  words: readonly string[],
): Promise<{ readonly modules: readonly string[]; readonly line: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'loaded.txt');
  const child = spawn(process.execPath, ['--import', recorder, cli, ...words], {
    env: { ...process.env, RECORDED_MODULES: path },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), closed.then(() => [''])]);
  // Read now: what is loaded to shut down is not looked at.
  const loaded = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  child.kill('SIGTERM');
  await closed;
  return { modules: loaded.flatMap((file) => modulesOf(file)), line: String(line) };
}

/** The modules of a file: several of a bundled one, by the build's list. */
function modulesOf(file: string): readonly string[] {
  if (file.startsWith('node:')) return [];
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  const packaged = path.replaceAll('\\', '/').split('node_modules/')[1];
  if (packaged !== undefined) return [packaged];
  const name = relative(dist, path).replaceAll('\\', '/');
  return bundled()[name] ?? [];
}

function bundled(): Readonly<Record<string, readonly string[]>> {
  // The build wrote it so.
  return JSON.parse(readFileSync(join(dist, 'chunks', 'modules.json'), 'utf8')) as Record<string, string[]>;
}
