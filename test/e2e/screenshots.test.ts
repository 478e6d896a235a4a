import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';

/** Set, the pictures of README are made anew; else they are only tried. */
const isKept = process.env['MCPO_SCREENSHOTS'] !== undefined;
const kept = '.github/screenshots';
const maxBytes = 100_000;
const readme = readFileSync('README.md', 'utf8');
const named = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+\.png)\)/g)].map(([, path = '']) => path);
const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 760 }, deviceScaleFactor: 0.75 };
const phone: BrowserContextOptions = { viewport: { width: 390, height: 720 } };

test('README shows the pages, in pictures that are there and small', () => {
  expect(named.length).toBeGreaterThanOrEqual(4);
  for (const path of named) {
    expect({ path, isThere: existsSync(path) }).toEqual({ path, isThere: true });
    expect(statSync(path).size).toBeLessThan(maxBytes);
  }
});

describe.skipIf(chromiumPath === undefined || !isBuilt)(
  `the pages, as README shows them (${noChromium})`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
    let browser: Browser;
    let gateway: GatewayProcess;

    beforeAll(async () => {
      const config = join(folder, 'servers.json');
      const time = { command: process.execPath, args: [resolve('dist/src/cli/time-server.js')] };
      const memory = { ...node('server-memory'), env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') } };
      const mcpServers = { memory, thinking: node('server-sequential-thinking'), time };
      writeFileSync(config, JSON.stringify({ mcpServers }));
      const site = ['build', '--config', config, '--out', join(folder, 'site'), '--title', 'Our tools'];
      const built = spawnSync(process.execPath, ['dist/src/cli/docs.js', ...site], { encoding: 'utf8' });
      if (built.status !== 0) throw new Error(built.stderr);
      [browser, gateway] = await Promise.all([
        launchBrowser(),
        startGateway(undefined, { flags: ['--config', config] }),
      ]);
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      await gateway?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const inGateway = (path: string) => (): string => `${gateway.url}${path}`;
    const inSite = (path: string) => (): string => pathToFileURL(join(folder, 'site', path)).href;

    test.each<[string, () => string, BrowserContextOptions, (page: Page) => Promise<void>]>([
      ['overview', inGateway('/'), desktop, seen('main .tools li')],
      ['swagger', inGateway('/time/docs'), desktop, callCurrentTime],
      ['site', inSite('index.html'), desktop, search],
      ['redoc', inSite('time/index.html'), desktop, seen('body.with-redoc')],
      [
        'redoc-dark',
        inSite('memory/index.html'),
        { ...desktop, colorScheme: 'dark' },
        seen('body.with-redoc'),
      ],
      ['site-phone', inSite('index.html'), { ...phone, colorScheme: 'dark' }, seen('main')],
    ])('%s', async (name, url, options, prepare) => {
      const { page } = await openPage(browser, url(), options);
      await prepare(page);
      const picture = await page.screenshot({ animations: 'disabled' });
      // A page of one colour takes a tenth of that.
      expect(picture.length).toBeGreaterThan(15_000);
      expect(picture.length).toBeLessThan(maxBytes);
      if (!isKept) return;
      mkdirSync(kept, { recursive: true });
      writeFileSync(join(kept, `${name}.png`), picture);
    });
  },
);

function node(name: string): object {
  const path = resolve('node_modules/@modelcontextprotocol', name, 'dist/index.js');
  return { command: process.execPath, args: [path] };
}

function seen(selector: string) {
  return async (page: Page): Promise<void> => await page.locator(selector).first().waitFor();
}

async function callCurrentTime(page: Page): Promise<void> {
  const tool = page.locator('[id="operations-default-get_current_time"]');
  await tool.locator('.opblock-summary-control').click();
  await tool.locator('textarea').fill('{ "timezone": "Europe/Paris" }');
  await tool.getByRole('button', { name: 'Execute' }).click();
  const answer = tool.locator('.live-responses-table');
  await answer.waitFor();
  expect(await answer.innerText()).toContain('Europe/Paris');
  await answer.getByText('Europe/Paris').last().waitFor();
  await page.mouse.wheel(0, 580);
  await page.waitForFunction('scrollY > 500');
}

async function search(page: Page): Promise<void> {
  await page.keyboard.press('/');
  await page.keyboard.type('entities');
  await page.getByText('create_entities').first().waitFor();
}
