import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toContractDiff, type Change } from '../../src/contract/diff/change.ts';
import { toDiffHtml } from '../../src/docs/diff/diff-html.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const operation = { operationId: 'echo', method: 'post', path: '/echo' };
const long = 'x'.repeat(300);
const changes: readonly Change[] = (['breaking', 'unknown', 'compatible', 'editorial'] as const).map(
  (severity) => ({
    severity,
    operation: severity === 'editorial' ? { ...operation, path: `/${long}`, operationId: long } : operation,
    direction: 'input',
    pointer: `/requestBody/content/application~1json/schema/properties/${long}`,
    keyword: 'enum',
    message: `enum: <img src=x onerror=alert(1)> → ${severity} ${long}`,
  }),
);

describe.skipIf(chromiumPath === undefined)(`the page of a diff (skipped: ${noChromium})`, () => {
  let browser: Browser;
  let folder = '';
  let url = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'change-pages-'));
    const path = join(folder, 'changes.html');
    const document = { info: { title: 'Tools', version: '1' } };
    const html = toDiffHtml(
      toContractDiff(changes),
      { fileName: 'a.json', document },
      { fileName: 'b.json', document },
    );
    writeFileSync(path, html);
    url = pathToFileURL(path).href;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('severities are chosen without a script; a group with nothing left goes', async () => {
    const { page, faults, requests } = await openPage(browser, url, { javaScriptEnabled: false });
    expect(await page.locator('.change:visible').count()).toBe(4);
    await page.getByLabel('editorial').uncheck();
    await page.getByLabel('compatible').uncheck();
    expect(await page.locator('.change:visible .severity').allTextContents()).toEqual([
      'breaking',
      'unknown',
    ]);
    expect(await page.locator('.group:visible').count()).toBe(1);
    expect(faults).toEqual([]);
    expect(requests.filter((each) => !each.startsWith('data:'))).toEqual([url]);
  });

  test.each(['light', 'dark'] as const)(
    '%s: no barrier that axe finds, and no sideways scrolling',
    async (colorScheme) => {
      const options = { colorScheme, viewport: { width: 390, height: 800 }, bypassCSP: true };
      const { page, faults } = await openPage(browser, url, options);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      await page.evaluate(axe);
      const found = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))',
      );
      expect(found).toEqual([]);
      expect(faults).toEqual([]);
    },
  );
});
