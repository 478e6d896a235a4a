import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bin = 'dist/src/cli/docs.js';
const timeServer = join(process.cwd(), 'dist', 'src', 'cli', 'time-server.js');
const replay = join(process.cwd(), 'test', 'fixtures', 'upstreams', 'replay-server.mjs');
let home = '';

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Not spawnSync: the gateways of the tests answer from this process. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env }, timeout: 60_000 });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

function place(name: string): string {
  return join(home, name);
}

function write(name: string, content: string): string {
  writeFileSync(place(name), content);
  return place(name);
}

/** A recorded server with these tools, as an entry of a configuration. */
function recorded(name: string, tools: readonly string[]): object {
  const listed = tools.map((tool) => ({ name: tool, inputSchema: { type: 'object' } }));
  const path = write(
    `${name}.recording.json`,
    JSON.stringify({ serverInfo: { name, version: '1' }, tools: listed }),
  );
  return { command: process.execPath, args: [replay, path] };
}

function configure(name: string, servers: Readonly<Record<string, object>>): string {
  return write(name, JSON.stringify({ mcpServers: servers }));
}

/** Every file below a folder, with its text. */
function contentOf(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

/** Builds a site of the time server. @returns the names of its security schemes */
async function schemesOf(name: string, ...flags: readonly string[]): Promise<readonly string[]> {
  const out = place(name);
  expect(await run(['build', '--out', out, ...flags])).toMatchObject({ status: 0 });
  const document = JSON.parse(readFileSync(join(out, 'openapi.json'), 'utf8')) as {
    components: { securitySchemes?: object };
  };
  return Object.keys(document.components.securitySchemes ?? {}).toSorted();
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return `http://127.0.0.1:${port}`;
}

describe.skipIf(!existsSync(bin))(
  'mcpo-docs build (skipped without dist/: npm run build)',
  { timeout: 120_000 },
  () => {
    beforeAll(() => {
      home = mkdtempSync(join(tmpdir(), 'site-build-'));
    });
    afterAll(() => rmSync(home, { recursive: true, force: true }));

    test('says how callers show who they are: by a key, by tokens of an issuer, or by either', async () => {
      const issuer = ['--token-auth', 'https://login.example.com'];
      expect(await schemesOf('open')).toEqual([]);
      expect(await schemesOf('keys', '--api-key-auth')).toEqual(['basic', 'bearer']);
      expect(await schemesOf('tokens', ...issuer)).toEqual(['openIdConnect', 'token']);
      expect(await schemesOf('either', '--api-key-auth', ...issuer)).toEqual([
        'basic',
        'bearer',
        'openIdConnect',
        'token',
      ]);
    });

    test('without a source, the site of the embedded time server', async () => {
      const { status, stdout, stderr } = await run(['build', '-o', place('time')]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(
        /^2 tools: \d+ files, [\d.]+ MB \(\d+ written, 0 removed\)\nOpen .*time\/index\.html\n$/,
      );
      const paths = Object.keys(contentOf(place('time')));
      expect(paths).toEqual(
        expect.arrayContaining([
          '.nojekyll',
          'index.html',
          'redoc.html',
          'openapi.json',
          'openapi.yaml',
          'llms.txt',
          'tools/convert_time.md',
          'tools/get_current_time.md',
        ]),
      );
      expect(paths.filter((path) => /sitemap|changelog/.test(path))).toEqual([]);
    });

    test('a command after --, an image, colours and earlier documents', async () => {
      mkdirSync(place('history'));
      const document = JSON.parse(readFileSync(join(place('time'), 'openapi.json'), 'utf8')) as {
        paths: object;
      }; // of the test before
      write(join('history', '1.0.json'), JSON.stringify({ ...document, paths: {} }));
      const logo = write('our logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
      const options = [
        '--title',
        'Our <tools>',
        '--logo',
        logo,
        '--color',
        '0a6e5c,#4fd1b5',
        '--footer',
        'Ours',
      ];
      const more = ['--previous', place('history'), '--base-url', 'https://tools.example.com/docs/'];
      const out = place('dressed');
      const { status, stderr } = await run([
        ...options,
        ...more,
        '-o',
        out,
        '--',
        process.execPath,
        timeServer,
      ]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const site = contentOf(out);
      expect(site['index.html']).toContain('Our &lt;tools&gt;');
      expect(site['changelog.html']).toContain('get_current_time');
      expect(site['sitemap.xml']).toContain('<loc>https://tools.example.com/docs/changelog.html</loc>');
      expect(site['llms.txt']).toContain('https://tools.example.com/docs/');
    });

    test('a configuration: each server has its place, and the document alone makes the same tools again', async () => {
      const config = configure('two.json', {
        Files: recorded('files', ['read', 'READ', 'write all']),
        time: { command: process.execPath, args: [timeServer] },
      });
      const { status, stdout } = await run(['--config', config, '-o', place('two')]);
      expect({ status, stdout }).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^2 servers, 5 tools: /) as string,
      });
      const site = contentOf(place('two'));
      const paths = Object.keys(site).filter((path) => !path.startsWith('assets/'));
      const expected = [
        'files/index.html',
        'files/openapi.json',
        'time/index.html',
        'time/openapi.yaml',
        'tools/files/read.md',
      ];
      expect(paths).toEqual(expect.arrayContaining(expected));
      expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
      const again = await run(['--document', join(place('two'), 'openapi.yaml'), '-o', place('again')]);
      expect(again.stdout).toMatch(/^2 servers, 5 tools: /);
      expect(contentOf(place('again'))['openapi.json']).toBe(site['openapi.json']);
    });

    test('the same contract makes the same bytes, in whatever order tools and servers come', async () => {
      const tools = ['beta', 'alpha', 'Gamma', 'gamma'];
      const one = configure('one-way.json', { b: recorded('b1', tools), a: recorded('a1', ['x']) });
      expect(await run(['--config', one, '-o', place('one-way')])).toMatchObject({ status: 0 });
      const b = recorded('b1', tools.toReversed());
      const other = configure('other-way.json', { a: recorded('a1', ['x']), b });
      expect(await run(['--config', other, '-o', place('other-way')])).toMatchObject({ status: 0 });
      expect(contentOf(place('other-way'))).toEqual(contentOf(place('one-way')));
      const second = await run(['--config', other, '-o', place('one-way')]);
      expect(second.stdout).toContain('(0 written, 0 removed)');
    });

    test('servers that cannot be reached: nothing is written, unless --allow-missing says so', async () => {
      const config = configure('missing.json', {
        gone: { command: 'no-such-program-anywhere' },
        here: recorded('here', ['read']),
      });
      const refused = await run(['--config', config, '-o', place('missing')]);
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toMatch(
        /^mcpo-docs: 1 of 2 servers cannot be reached; .*--allow-missing\n {2}gone: command not found/,
      );
      expect(existsSync(place('missing'))).toBe(false);
      const allowed = await run(['--config', config, '-o', place('missing'), '--allow-missing']);
      expect(allowed).toMatchObject({
        status: 0,
        stderr: expect.stringMatching(/^mcpo-docs: left out gone: /) as string,
      });
      expect(contentOf(place('missing'))['index.html']).toContain('gone');
      const none = configure('none.json', { gone: { command: 'no-such-program-anywhere' } });
      expect(await run(['--config', none, '-o', place('none'), '--allow-missing'])).toMatchObject({
        status: 1,
        stdout: '',
      });
    });

    test('a gateway: its key is sent to it and to nobody else', async () => {
      const document = readFileSync(join(place('two'), 'openapi.json'), 'utf8');
      const seen: (string | undefined)[] = [];
      const gateway = createServer((request, response) => {
        const { url = '', headers } = request;
        const status = url === '/openapi.json' ? (headers.authorization === 'Bearer right' ? 200 : 401) : 302;
        response.writeHead(status, { location: url.startsWith('/away') ? elsewhereUrl : '/openapi.json' });
        response.end(status === 200 ? document : '');
      });
      const elsewhere = createServer((request, response) => {
        seen.push(request.headers.authorization);
        response.end(document);
      });
      const [url, elsewhereUrl] = [await listen(gateway), await listen(elsewhere)];
      try {
        const out = place('fetched');
        const right = await run(['--url', `${url}/old`, '-o', out], { MCPO_API_KEY: 'right' });
        expect(right).toMatchObject({ status: 0, stderr: '' });
        expect(contentOf(out)['openapi.json']).toBe(document);
        expect(contentOf(out)['tools/files/read.md']).toContain(url);
        const wrong = await run(['--url', url, '--api-key', 'wr0ng-key', '-o', place('wrong')]);
        expect(wrong).toMatchObject({ status: 1, stdout: '' });
        expect(wrong.stderr).toContain('takes another key (401); write the right one with --api-key');
        expect(wrong.stderr).not.toContain('wr0ng-key');
        expect((await run(['--url', url, '-o', place('wrong')])).stderr).toContain('asks for a key (401)');
        const away = await run(['--url', `${url}/away`, '--api-key', 'right', '-o', place('wrong')]);
        expect(away).toMatchObject({
          status: 1,
          stderr: expect.stringContaining(`leads to ${elsewhereUrl}`) as string,
        });
        expect(seen).toEqual([]);
      } finally {
        gateway.close();
        elsewhere.close();
      }
    });

    test.each<readonly [string, number, () => readonly string[], string]>([
      ['a document that is not there', 2, () => ['--document', 'gone.json'], 'gone.json does not exist'],
      ['no document', 2, () => ['--document', write('no.json', '{}')], 'is no OpenAPI 3.x document'],
      [
        'a configuration that is not there',
        2,
        () => ['--config', 'gone.json'],
        "cannot read the configuration 'gone.json'",
      ],
      [
        'two sources',
        2,
        () => ['--config', 'a', '--url', 'http://a.example'],
        '--config and --url exclude each other',
      ],
      [
        'a document and a command',
        2,
        () => ['--document', 'a', '--', 'b'],
        '--document and a server after -- exclude',
      ],
      ['a folder of somebody else', 2, () => ['-o', home], 'holds something that is no site of mcpo-docs'],
      ['a file as the folder', 2, () => ['-o', write('file', '')], 'is a file; name a folder'],
      ['a key for nobody', 2, () => ['--api-key', 'x'], '--api-key is for --url'],
      [
        'a header for a document',
        2,
        () => ['--document', 'a', '-H', '{}'],
        '--header is for servers that are started here',
      ],
      ['a colour there is not', 2, () => ['--color', 'mauve'], "--color: 'mauve' is no colour"],
      ['a logo that is none', 2, () => ['--logo', write('logo.txt', '')], 'is no image for --logo'],
      ['a logo that is not there', 2, () => ['--logo', 'gone.svg'], "cannot read 'gone.svg' (ENOENT)"],
      ['no folder of earlier documents', 2, () => ['--previous', 'gone'], 'gone does not exist'],
      ['a word too many', 2, () => ['npx'], "unexpected 'npx'"],
      ['an option there is not', 2, () => ['--colour', 'a'], "unknown option '--colour'"],
      ['nothing after --', 2, () => ['--'], 'nothing follows --'],
      ['a server that does not start', 1, () => ['--', 'no-such-program-anywhere'], 'command not found'],
      ['a gateway that is not there', 1, () => ['--url', 'http://127.0.0.1:1024'], 'cannot be read ('],
    ])('%s: exit %i, and one line that says what to do', async (_title, expected, args, message) => {
      const words = args();
      const out = words.includes('-o') ? [] : ['-o', place('bad')];
      const { status, stdout, stderr } = await run(['build', ...out, ...words]);
      expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
      expect(stderr).toMatch(/^mcpo-docs: [^\n]+\n$/);
      expect(stderr).toContain(message);
      expect(existsSync(place('bad'))).toBe(false);
    });

    test('a URL that is no gateway is named', async () => {
      const page = createServer((_request, response) => response.end('<!doctype html>'));
      const url = await listen(page);
      try {
        const { status, stderr } = await run(['--url', url, '-o', place('bad')]);
        expect({ status, stderr }).toMatchObject({
          status: 1,
          stderr: expect.stringContaining('is no OpenAPI 3.x') as string,
        });
      } finally {
        page.close();
      }
    });

    test('what the system refuses to write is said in one line, and nothing is left', async () => {
      // A file system of its own needs rights that a test may lack; a limit on the size of files does not.
      const limited = spawnSync(
        'bash',
        ['-c', `ulimit -f 20; trap '' XFSZ; exec "$0" "$@"`, process.execPath, bin, '-o', place('full')],
        { encoding: 'utf8', timeout: 60_000 },
      );
      expect(limited).toMatchObject({ status: 1, stdout: '' });
      expect(limited.stderr).toMatch(/^mcpo-docs: the site cannot be written to '.*' \(EFBIG; [^\n]+\n$/);
      expect(existsSync(place('full'))).toBe(false);
    });

    test('Ctrl+C while servers start: they end, and nothing is left', async () => {
      const silent = write('silent.mjs', 'process.stdin.resume(); process.stderr.write("up\\n");');
      const out = place('stopped');
      const child = spawn(process.execPath, [bin, '-o', out, '--', process.execPath, silent]);
      const exit = new Promise((resolve) => child.on('close', resolve));
      await expect.poll(() => existsSync(out), { timeout: 30_000 }).toBe(true);
      child.kill('SIGINT');
      expect(await exit).toBe(1);
      expect(existsSync(out)).toBe(false);
    });
  },
);
