import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalize } from '../../src/contract/canonicalize.ts';
import { buildDocument } from '../../src/contract/document/build-document.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { startDocs, type DocsProcess } from '../fixtures/docs-process.ts';

const bin = 'dist/src/cli/docs.js';
const server = 'test/fixtures/upstreams/following.mjs';
const patience = { timeout: 20_000, interval: 100 };
let folder = '';
let docs: DocsProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docs-serve-'));
});
afterEach(async () => {
  await docs?.end('SIGTERM');
  docs = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function documentOf(...names: readonly string[]): string {
  const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
  return canonicalize(buildDocument({ sources: [{ server: '', tools }] }).document).json;
}

async function start(...words: readonly string[]): Promise<DocsProcess> {
  docs = await startDocs(...words);
  return docs;
}

async function read(url: string): Promise<string> {
  return await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).text();
}

/** As it is written: `fetch` would tidy the path and refuse the header. */
async function ask(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
) {
  const { hostname, port } = new URL(url);
  return await new Promise<{ readonly status: number; readonly headers: object; readonly body: string }>(
    (resolve, reject) => {
      const asked = request({ hostname, port, path, headers, method, timeout: 10_000 }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      asked.on('error', reject).end();
    },
  );
}

describe.skipIf(!existsSync(bin))('mcpo-docs serve, built (skipped without dist/: npm run build)', () => {
  test('the site follows the tools of a server, and the server ends with it', async () => {
    const state = write('tools.json', { tools: ['one'] });
    const started = await start('--', process.execPath, server, state);
    const { url } = started;
    expect(await read(`${url}openapi.json`)).toContain('"/one"');
    write('tools.json', { tools: ['one', 'two'] });
    await expect.poll(() => read(`${url}openapi.json`), patience).toContain('"/two"');
    const pid = Number(/in process (\d+)/.exec(await read(`${url}openapi.json`))?.[1]);
    docs = undefined;
    expect(await started.end('SIGINT')).toBe(0);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('a server that restarts with other tools is followed', async () => {
    const state = write('tools.json', { tools: ['one'] });
    const { url } = await start('--log-level', 'silent', '--', process.execPath, server, state);
    write('tools.json', { isDown: true, tools: ['one'] });
    await expect.poll(() => read(`${url}openapi.json`), patience).toContain('"/one"');
    write('tools.json', { tools: ['three'] });
    await expect.poll(() => read(`${url}openapi.json`), patience).toContain('"/three"');
  });

  test('a configuration is followed; one with a mistake leaves the site', async () => {
    const state = write('tools.json', { tools: ['one'] });
    const one = { command: process.execPath, args: [server, state] };
    const config = write('servers.json', { mcpServers: { a: one } });
    const { url } = await start('--config', config);
    expect(await read(`${url}openapi.json`)).toContain('"/a/one"');
    write('servers.json', '{ "mcpServers": ');
    await expect.poll(() => docs?.stderr, patience).toContain('not built anew: ');
    expect(await read(`${url}openapi.json`)).toContain('"/a/one"');
    write('servers.json', { mcpServers: { a: one, b: one } });
    await expect.poll(() => read(`${url}openapi.json`), patience).toContain('"/b/one"');
  });

  test('requests: types, 304, HEAD, other methods, paths that lead out, and names of others', async () => {
    const { url } = await start('--document', write('openapi.json', documentOf('one')));
    const file = await ask(url, '/openapi.yaml');
    expect(file).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/yaml; charset=utf-8', 'x-content-type-options': 'nosniff' },
    });
    const etag = String((file.headers as { readonly etag?: string }).etag); // as a server sends it
    expect(await ask(url, '/openapi.yaml', { 'if-none-match': `"x", W/${etag}` })).toMatchObject({
      status: 304,
      body: '',
    });
    const head = await ask(url, '/openapi.json', {}, 'HEAD');
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(await ask(url, '/', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2f..%2fetc/passwd', '//etc/passwd'])
      expect(await ask(url, path)).toMatchObject({ status: 404 });
    expect(await ask(url, '/%zz')).toMatchObject({ status: 400 });
    expect(await ask(url, '/', { host: 'evil.example' })).toMatchObject({ status: 403 });
  });

  test.each<readonly [string, () => readonly string[], number, string]>([
    ['a document that is not there', () => ['--document', 'gone.json'], 2, 'gone.json does not exist'],
    ['a port that is none', () => ['--port', 'x'], 2, '--port: '],
    [
      'a server that does not start',
      () => ['--', process.execPath, '-e', 'process.exit(3)'],
      1,
      'mcpo-docs: ',
    ],
    ['words too many', () => ['node'], 2, "unexpected 'node'; write the server's command after --"],
  ])('%s: it says so and ends', (_title, words, code, message) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [bin, 'serve', ...words()], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toContain(message);
  });

  describe.skipIf(chromiumPath === undefined)(`in a browser (skipped: ${noChromium})`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(async () => await browser?.close());

    test('an open page loads again when the tools change, and breaks no policy of its own', async () => {
      const state = write('tools.json', { tools: ['first_tool'] });
      const { url } = await start('--title', 'Mine', '--', process.execPath, server, state);
      const { page, faults } = await openPage(browser, url);
      await page.getByText('first_tool').first().waitFor();
      write('tools.json', { tools: ['second_tool'] });
      await page.getByText('second_tool').first().waitFor({ timeout: 20_000 });
      expect(await page.getByText('first_tool').count()).toBe(0);
      expect(faults.filter((fault) => !/failed: .*\/_preview\/events/.test(fault))).toEqual([]);
    });

    test('a document that cannot be read is told in the page; the last one stays', async () => {
      const path = write('openapi.json', documentOf('one'));
      const before = write('v1.json', documentOf('zero'));
      const history = join(folder, 'history');
      spawnSync('mkdir', [history]);
      writeFileSync(join(history, 'v1.json'), readFileSync(before));
      const { url } = await start('--document', path, '--previous', history);
      const { page, faults } = await openPage(browser, `${url}changelog.html`);
      await page.getByText('/one').first().waitFor();
      write('openapi.json', '{ "openapi": "3.1.1"');
      const notice = page.getByRole('alert');
      await notice.waitFor({ timeout: 20_000 });
      expect(await notice.textContent()).toMatch(/^Not built anew: .*openapi\.json is not JSON: /);
      expect(await page.getByText('/one').count()).toBeGreaterThan(0);
      write('openapi.json', documentOf('two'));
      await page.getByText('/two').first().waitFor({ timeout: 20_000 });
      expect(await page.getByRole('alert').count()).toBe(0);
      expect(faults.filter((fault) => !/failed: .*\/_preview\/events/.test(fault))).toEqual([]);
    });
  });
});
