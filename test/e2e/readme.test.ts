import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as getPlainly, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parse as parseYaml } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { benchCommand } from '../../bench/cli/bench-command.ts';
import { readWords } from '../../conformance/cli/read-words.ts';
import { readReplayWords } from '../../conformance/cli/replay-words.ts';
import { readSettings } from '../../conformance/settings/read-settings.ts';
import { serveCommand } from '../../src/cli/serve-flags.ts';
import { readConfigFile } from '../../src/config/config-file/read-config-file.ts';
import { problemTypes } from '../../src/errors.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', code = '']) => ({
  language,
  code,
}));
/** What the library examples write, in the order of the page. */
const outputs = [/error: 0, warning: 0/, /timezone: 'Asia\/Kathmandu'/, /keyword: 'minLength'/];
/** Prints the words that a command would get. */
const wordsOf = `node -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`;
const children: ChildProcess[] = [];
// Inside the package, so that its own name resolves to it.
const folder = resolve(mkdtempSync('test/.readme-'));
// Where the package is installed, its commands are on the PATH.
const bin = join(folder, 'bin');
mkdirSync(bin);
// What the page takes for granted beside its commands.
writeFileSync(join(folder, 'search-token'), 'token\n');
writeFileSync(join(folder, 'servers.json'), blocks.find(({ language }) => language === 'jsonc')?.code ?? '');
writeFileSync(
  join(folder, 'rules.yaml'),
  blocks.find(({ code }) => code.startsWith('# rules.yaml'))?.code ?? '',
);
copyFileSync('test/fixtures/tls/first.cert.pem', join(folder, 'cert.pem'));
copyFileSync('test/fixtures/tls/first.key.pem', join(folder, 'key.pem'));
for (const [name, path] of Object.entries(manifest.bin)) {
  writeFileSync(join(bin, name), `#!/bin/sh\nexec node ${resolve(path)} "$@"\n`, { mode: 0o755 });
}

afterAll(() => {
  for (const child of children) endGroup(child);
  rmSync(folder, { recursive: true, force: true });
});

test('every code block is of a kind that is tried here', () => {
  // Text is what mcpo and we are told side by side, which the compatibility test runs.
  const kinds = blocks.map(({ language, code }) => (code.includes('docker') ? 'docker' : language));
  expect(kinds.filter((kind) => kind === 'docker').length).toBe(1);
  expect(new Set(kinds)).toEqual(new Set(['sh', 'console', 'ts', 'docker', 'json', 'jsonc', 'yaml', 'text']));
});

describe('the console sessions', () => {
  let url = '';

  beforeAll(async () => {
    url = await startAndReadUrl(['node', 'dist/src/cli/serve.js', '--port', '0']);
  });

  const steps = blocks
    .filter(({ language }) => language === 'console')
    .flatMap(({ code }) => code.split(/^\$ /m).filter((step) => step !== ''))
    .map((step) => {
      const [command = '', ...output] = step.trimEnd().split('\n');
      return { command, output: output.join('\n') };
    });

  test.each(steps)('$command', async ({ command, output }) => {
    const here = command.replaceAll('localhost:8000', url.replace('http://', ''));
    const { stdout } = await runShell(here, { PATH: `${bin}:${process.env['PATH']}` });
    expect(stdout.trimEnd()).toMatch(toPattern(output));
  });

  test('there are some', () => expect(steps.length).toBeGreaterThanOrEqual(3));
});

describe('the configurations', () => {
  const configs = blocks.filter(
    ({ language, code }) => language.startsWith('json') && !code.includes('"tools"'),
  );

  test.each(configs.map(({ code }, index) => [index, code] as const))('%i is one', (index, code) => {
    const path = join(folder, `config-${index}.json`);
    writeFileSync(path, code);
    expect(readConfigFile(path, { env: { HOME: '/home/me' } }).servers.length).toBeGreaterThan(0);
  });

  test('there are some', () => expect(configs.length).toBeGreaterThanOrEqual(4));

  test('the settings of mcpo-verify are some', () => {
    const settings = blocks.filter(({ code }) => code.includes('"tools"'));
    expect(settings).toHaveLength(1);
    const path = join(folder, 'settings.json');
    writeFileSync(path, settings[0]?.code ?? '');
    expect(Object.keys(readSettings(path)?.tools ?? {})).toEqual(['send_*', 'look_up']);
  });
});

describe('the commands', () => {
  const commands = blocks
    .filter(({ language, code }) => language === 'sh' && !code.includes('docker'))
    .flatMap(({ code }) => code.trim().split('\n'));

  const env = { PATH: `${bin}:${process.env['PATH']}`, MCPO_PORT: '0', KEY: 'a key' };

  // In the order of the page: what one writes, the next may read.
  const others = commands.filter((command) => !isServer(command) && !/mcpo-(?:verify|bench)/.test(command));
  test.each(others)('%s ends well', async (command) => {
    expect(await runShell(command, env, folder)).toMatchObject({ code: 0 });
  });

  // What they do takes servers with faults, which tests of their own have.
  test.each(commands.filter((command) => command.includes('mcpo-verify')))(
    '%s is understood',
    async (command) => {
      const { stdout } = await runShell(command.replace('mcpo-verify', wordsOf), env, folder);
      const words = JSON.parse(stdout) as readonly string[];
      const read = words[0] === 'replay' ? readReplayWords : readWords;
      expect(() => read(words[0] === 'replay' ? words.slice(1) : ['--no-settings', ...words])).not.toThrow();
    },
  );

  test.each(commands.filter((command) => command.includes('mcpo-bench')))(
    '%s is understood',
    async (command) => {
      const { stdout } = await runShell(command.replace('mcpo-bench', wordsOf), env, folder);
      const words = JSON.parse(stdout) as readonly string[];
      const parse = (): unknown =>
        benchCommand([])
          .exitOverride()
          .parse(words.slice(0, words.indexOf('--')), { from: 'user' });
      expect(parse).not.toThrow();
    },
  );

  test.each(commands.filter(isServer))('%s serves tools', async (command) => {
    const free = command.replace(/--port \d+/, '--port 0');
    const url = await startAndReadUrl(['sh', '-c', free], env, command.includes('npm start') ? '.' : folder);
    const document = JSON.parse(await readPage(`${url}/openapi.json`)) as { paths: object };
    expect(Object.keys(document.paths).length).toBeGreaterThan(1);
  });
});

describe('the library examples', () => {
  test.each(
    blocks.filter(({ language }) => language === 'ts').map(({ code }, index) => [index, code] as const),
  )('example %i runs', async (index, code) => {
    const path = join(folder, `example-${index}.mjs`);
    writeFileSync(path, code);
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const { stdout, stderr, code: exit } = await runShell(`node ${path}`, env);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(outputs[index] ?? /^$/);
  });
});

describe('the metrics', () => {
  test('that are named are there', async () => {
    const url = await startAndReadUrl(['node', 'dist/src/cli/serve.js', '--port', '0']);
    const there = new Set(
      [...(await readPage(`${url}/metrics`)).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name),
    );
    const named = [...readme.matchAll(/\b(?:mcpo|nodejs)_[a-z0-9_]*[a-z0-9]\b/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(20);
    // Those of a part that has to be switched on are read where that part is tested.
    const elsewhere = new Set([
      'mcpo_trace_spans_lost_total',
      'mcpo_audit_lost_total',
      'mcpo_redis_up',
      'mcpo_redis_errors_total',
      'mcpo_workers',
      'mcpo_workers_replaced_total',
    ]);
    expect(named.filter((name) => !there.has(name) && !elsewhere.has(name))).toEqual([]);
  });

  test('are read by rules that are YAML', () => {
    const rules = blocks
      .filter(({ language, code }) => language === 'yaml' && code.startsWith('groups:'))
      .map(({ code }) => parseYaml(code) as object);
    expect(rules).toEqual([{ groups: [expect.objectContaining({ rules: expect.any(Array) })] }]);
  });
});

describe('the tables', () => {
  test('the options are those of --help', () => {
    const section = readme.slice(readme.indexOf('\n## Options\n'), readme.indexOf('\n## Errors\n'));
    const documented = [...section.matchAll(/^\| `(--[\w-]+)`(?:, `(-\w)`)?/gm)].map(([, long, short]) => [
      long,
      short,
    ]);
    const actual = serveCommand().options.map(({ long, short }) => [long, short]);
    expect(toLines(documented)).toEqual(toLines([...actual, ['--help', '-h']]));
  });

  test('the errors are those of the problem table', () => {
    const documented = [...readme.matchAll(/^\| `(\w+)`\s*\| (\d{3})\s*\| (.*?)\s*\|$/gm)].map(
      ([, code, status, when]) => [code, Number(status), when],
    );
    const actual = Object.entries(problemTypes).map(([code, { status, when }]) => [code, status, when]);
    expect(toLines(documented)).toEqual(toLines(actual));
  });
});

async function startAndReadUrl(
  command: readonly string[],
  env: Record<string, string> = {},
  cwd = '.',
): Promise<string> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^Serving .* at (https?:\S+)$/.exec(line);
    if (match?.[1] !== undefined) return match[1];
  }
  throw new Error(`${command.join(' ')} did not get ready:\n${stderr}`);
}

/** Over HTTP or, whoever signed the certificate, HTTPS. */
async function readPage(url: string): Promise<string> {
  const get = url.startsWith('https:') ? getSecurely : getPlainly;
  const [message] = (await once(get(url, { rejectUnauthorized: false }), 'response')) as [IncomingMessage];
  return await text(message);
}

async function runShell(command: string, env: Record<string, string> = {}, cwd = '.') {
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { stdout, stderr, code };
}

function toLines(rows: ReadonlyArray<readonly unknown[]>): readonly string[] {
  return rows.map((row) => row.join(' | ')).toSorted();
}

function isServer(command: string): boolean {
  return (
    /^(?:\w+=\S+ )*(?:npm start|mcpo-serve (?!key ))/.test(command) && !command.includes('--print-openapi')
  );
}

/** `…` in the README stands for what changes from run to run. */
function toPattern(output: string): RegExp {
  return new RegExp(
    `^${output
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.+?')}$`,
  );
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, 'SIGTERM');
}
