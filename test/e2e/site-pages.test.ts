import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildSite } from '../../src/docs/site/build-site.ts';
import { toSiteContract } from '../../src/docs/site/from-document.ts';
import type { SiteOptions } from '../../src/docs/site/site.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { chromiumPath, launchBrowser, noChromium, openPage, type WatchedPage } from '../fixtures/browser.ts';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { toDocument } from '../unit/docs/pages/page-documents.ts';

const canRun = chromiumPath !== undefined && isBuilt;
const folder = mkdtempSync(join(tmpdir(), 'site-pages-'));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let browser: Browser;
let plainServer: ReturnType<typeof createServer>;
let served: string;

beforeAll(async () => {
  if (!canRun) return;
  browser = await launchBrowser();
  write('usual', toDocument({ servers: ['files', 'people'] }), {
    footer: 'Example Corp',
    colors: { light: '#ffd000' },
  });
  write('hostile', toDocument({ isHostile: true }), {});
  write('large', toDocument({ servers: ['files', 'people'], copies: 40 }), {});
  served = await serve();
});

afterAll(async () => {
  if (canRun) {
    await browser.close();
    await new Promise((resolve) => plainServer.close(resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(({ skip }) => skip(!canRun, isBuilt ? noChromium : 'not built: npm run build'));

describe.each(['file', 'http'] as const)('a site under %s:', (scheme) => {
  test('every page works, and asks for nothing outside the folder', async () => {
    for (const path of ['index.html', 'redoc.html', 'files/index.html']) {
      const { page, faults, requests } = await open(scheme, `usual/${path}`);
      if (path !== 'index.html') {
        await page.locator('body.with-redoc').waitFor();
        await page.locator('[data-section-id$="read_file"]').first().waitFor();
        await page.getByRole('link', { name: 'Skip to the content' }).waitFor({ state: 'attached' });
      }
      const root = toUrl(scheme, 'usual/');
      expect(requests.filter((url) => !/^(?:data|blob):/.test(url) && !url.startsWith(root))).toEqual([]);
      expect(onlyReal(faults)).toEqual([]);
      await page.context().close();
    }
  });

  test('the search finds by a name, a description and an argument, and leads to the operation', async () => {
    const { page, faults } = await open(scheme, 'usual/index.html');
    await page.keyboard.press('/');
    for (const [words, name] of [
      ['read fil', 'read_file'],
      ['congratulates', 'greet'],
      ['encoding', 'read_file'],
    ] as const) {
      await page.getByRole('searchbox').fill(words);
      await page.locator('#found-items a', { hasText: name }).first().waitFor();
      expect(await page.locator('#listing').isHidden()).toBe(true);
    }
    await page.locator('#found-items a', { hasText: 'read_file' }).first().click();
    await page.locator('body.with-redoc').waitFor();
    expect(decodeURIComponent(new URL(page.url()).hash)).toContain('operation/');
    await expect
      .poll(
        async () =>
          await page.evaluate(`(() => {
        const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
        return found !== null && Math.abs(found.getBoundingClientRect().top) < innerHeight;
      })()`),
      )
      .toBe(true);
    expect(onlyReal(faults)).toEqual([]);
  });
});

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)(
  'in %s at %i pixels no page is wider than the window, and axe finds nothing serious',
  async (colorScheme, width) => {
    for (const path of ['usual/index.html', 'usual/files/index.html', 'large/redoc.html']) {
      const { page } = await open('file', path, { colorScheme, viewport: { width, height: 900 } });
      if (path === 'usual/files/index.html') await page.locator('body.with-redoc').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await seriousFaults(page, path)).toEqual([]);
      await page.context().close();
    }
  },
);

test('the switch turns a light page dark, and the next page stays dark', async () => {
  const { page, faults } = await open('http', 'usual/index.html', { colorScheme: 'light' });
  const background = async (): Promise<unknown> =>
    await page.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(await background()).toBe('rgb(255, 255, 255)');
  await page.getByRole('button', { name: 'Dark page' }).click();
  expect(await background()).toBe('rgb(20, 23, 27)');
  await page.goto(toUrl('http', 'usual/files/index.html'));
  await page.locator('body.with-redoc').waitFor();
  expect(await background()).toBe('rgb(20, 23, 27)');
  await page.getByRole('button', { name: 'Dark page' }).click();
  await expect.poll(background).toBe('rgb(255, 255, 255)');
  await expect.poll(async () => await page.locator('#redoc > :not(.drawing) .api-content').count()).toBe(1);
  expect(onlyReal(faults)).toEqual([]);
});

test('nothing that a server says of itself runs, loads or links', async () => {
  for (const path of ['hostile/index.html', 'hostile/redoc.html']) {
    const { page, faults } = await open('file', path);
    if (path.endsWith('redoc.html')) await page.locator('body.with-redoc').waitFor();
    expect(
      await page.evaluate(`[...document.querySelectorAll('main a')].map((link) => link.protocol)`),
    ).not.toContain('javascript:');
    expect(
      await page.locator('main').locator('iframe, script, [onerror], img[src="x"], [src^="http"]').count(),
    ).toBe(0);
    expect(await page.locator('main').textContent()).toContain('<script>');
    expect(await page.locator('main').textContent()).not.toContain('\u202E');
    expect(faults).toEqual([]);
    await page.context().close();
  }
});

test('a schema that would take forever to draw or to sample is shown at once', async () => {
  const { page, faults } = await open('file', 'hostile/redoc.html');
  await page.locator('body.with-redoc').waitFor();
  for (const name of ['vast', 'doubling', 'dangling', 'circle']) {
    expect(await page.locator(`[id="operation/${name}"]`).count()).toBe(1);
  }
  expect(faults).toEqual([]);
});

test('without scripts every tool is there, with anchors that work', async () => {
  const { page } = await open('file', 'usual/files/index.html#operation/files_read_file', {
    javaScriptEnabled: false,
  });
  const article = page.locator('article', { hasText: 'read_file' });
  await article.first().waitFor();
  expect(await article.first().textContent()).toMatch(/encoding.*Call it with curl/s);
  expect(await article.first().getAttribute('id')).toBe('operation/files_read_file');
});

test('a large document is HTML, and Redoc only for who asks for it', async () => {
  const { page, requests, faults } = await open('file', 'large/redoc.html');
  await page.getByRole('button', { name: 'Open in Redoc' }).waitFor();
  expect(requests.some((url) => url.includes('redoc.standalone'))).toBe(false);
  await page.getByRole('button', { name: 'Open in Redoc' }).click();
  await page.locator('body.with-redoc').waitFor({ timeout: 120_000 });
  expect(onlyReal(faults)).toEqual([]);
}, 150_000);

function write(name: string, document: JsonObject, options: SiteOptions): void {
  for (const { path, content } of buildSite(toSiteContract(document), options)) {
    const file = join(folder, 'sites', name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

function toUrl(scheme: 'file' | 'http', path: string): string {
  return scheme === 'file'
    ? `${pathToFileURL(join(folder, 'sites')).href}/${path}`
    : `${served}/below/here/${path}`;
}

async function open(
  scheme: 'file' | 'http',
  path: string,
  options: Parameters<typeof openPage>[2] = {},
): Promise<WatchedPage> {
  return await openPage(browser, toUrl(scheme, path), options);
}

/** Files have no origin of which a blob of theirs could be. */
function onlyReal(faults: readonly string[]): readonly string[] {
  return faults.filter((fault) => !/off origin: blob:(?:null|file)/.test(fault));
}

async function seriousFaults(page: Page, path: string): Promise<unknown> {
  // Before the page's policy: it is given to the browser, not to the page.
  await page.evaluate(readFileSync(axe, 'utf8'));
  // What Redoc writes into its components cannot be reached from outside; its own page is judged around it.
  const parts = path.startsWith('large')
    ? ['#bar', '#open-redoc', '.about', '#errors', 'body > footer']
    : ['body'];
  const exclude = path === 'usual/files/index.html' ? "exclude: ['#redoc']," : '';
  return await page.evaluate(`axe.run({ include: ${JSON.stringify(parts)}, ${exclude} }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ' ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(' | ')))`);
}

/** A web server that knows files, and nothing else. */
async function serve(): Promise<string> {
  const types: Readonly<Record<string, string>> = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
  };
  plainServer = createServer(({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://x').pathname)).replace(
      /^\/below\/here\//,
      '',
    );
    try {
      const content = readFileSync(join(folder, 'sites', path));
      response.setHeader('content-type', types[extname(path)] ?? 'text/plain').end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => plainServer.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an AddressInfo.
  return `http://127.0.0.1:${(plainServer.address() as AddressInfo).port}`;
}
