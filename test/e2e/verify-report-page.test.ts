import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHtmlReporter } from '../../conformance/reporters/html.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { hostile } from '../unit/conformance/reporters/event-fixture.ts';
import { render } from '../unit/conformance/reporters/render.ts';

const canRun = chromiumPath !== undefined;
let browser: Browser;
let folder: string;
let url: string;

beforeAll(async () => {
  if (!canRun) return;
  folder = mkdtempSync(join(tmpdir(), 'verify-page-'));
  const path = join(folder, 'report.html');
  writeFileSync(path, render(createHtmlReporter));
  url = pathToFileURL(path).href;
  browser = await launchBrowser();
});

afterAll(async () => {
  if (!canRun) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});

beforeEach(({ skip }) => skip(!canRun, noChromium));

test('what servers say is text: nothing of it runs, loads or becomes an element', async () => {
  const { page, faults, requests } = await openPage(browser, url);
  await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
  expect(await page.locator('img, iframe, svg, object, [onerror], [href^="javascript:"]').count()).toBe(0);
  expect(await page.locator('script').count()).toBe(1);
  const seen = await page.locator('.finding.warning .sides dd').last().textContent();
  const shown = hostile.replace(/[\p{Cc}\p{Cf}\p{Cs}\uffff]/gu, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  expect(seen?.trim()).toBe(shown);
  expect(requests).toEqual([url]);
  expect(faults).toEqual([]);
});

test('findings are filtered by text, severity, group and tool', async () => {
  const { page } = await openPage(browser, url);
  const shown = page.locator('.finding:visible');
  expect(await shown.count()).toBe(4);
  await page.getByLabel('severity').selectOption('flaky');
  expect(await shown.locator('.title').allTextContents()).toEqual([
    'A valid call gives another answer than before',
  ]);
  expect(await page.locator('#shown').textContent()).toBe('1 of 4');
  await page.getByLabel('severity').selectOption('');
  await page.locator('select[name=tool]').selectOption({ index: 2 });
  expect(await shown.count()).toBe(1);
  await page.locator('select[name=tool]').selectOption('');
  await page.getByLabel('group').selectOption('behaviour');
  await page.getByLabel('Filter').fill('RESET {"all"');
  expect(await page.locator('#shown').textContent()).toBe('1 of 4');
});

test('a replay command is copied as it is', async () => {
  const { page, faults } = await openPage(browser, url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.locator('.finding summary').first().click();
  await page.locator('.finding .copy').first().click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('mcpo-verify replay a1b2c3d4e5f6');
  expect(faults).toEqual([]);
});

test('values that should be the same are shown with their difference, by signs and not by colour alone', async () => {
  const { page } = await openPage(browser, url);
  const diff = page.locator('.finding.error .diff pre');
  expect((await diff.locator('del').textContent())?.trim()).toMatch(/^- +"text": "one",?$/);
  expect((await diff.locator('ins').textContent())?.trim()).toMatch(/^\+ +"text": "two",?$/);
});

test('each cell of the matrix says in words how it went, and why not', async () => {
  const { page } = await openPage(browser, url);
  const row = page.locator('.matrix tr', { hasText: 'negative/rejected' });
  const words = await row.locator('td').allInnerTexts();
  const spoken = await row.locator('.spoken').allTextContents();
  expect(words).toHaveLength(6);
  expect(spoken).toEqual([
    'passed',
    'passed',
    'not called: no valid arguments were found for it',
    'failed (1)',
    'not called: it does not say that it is read-only',
  ]);
  expect(await row.locator('td.not-called').first().getAttribute('title')).toContain('no valid arguments');
});

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)(
  'in %s at %i pixels nothing is wider than the page, and text stands out from its ground',
  async (colorScheme, width) => {
    const { page } = await openPage(browser, url, { colorScheme, viewport: { width, height: 900 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.evaluate(faintTexts)).toEqual([]);
  },
);

test('on paper all findings are open, and what only works on a screen is gone', async () => {
  const { page } = await openPage(browser, url);
  const pdf = await page.pdf();
  expect(pdf.length).toBeGreaterThan(10_000);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  expect(await page.locator('.finding:not([open])').count()).toBe(0);
  expect(await page.locator('.filters').isVisible()).toBe(false);
});

test('without scripts the page still tells everything, and offers nothing that would not work', async () => {
  const { page } = await openPage(browser, url, { javaScriptEnabled: false });
  expect(await page.locator('.filters').isVisible()).toBe(false);
  expect(await page.locator('.copy').first().isVisible()).toBe(false);
  expect(await page.locator('.finding').count()).toBe(4);
});

/** Texts with a contrast below 4.5 to 1 (WCAG 2.1, 1.4.3). */
const faintTexts = `(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue;
    if (element.closest('script, select, .spoken, [hidden]') !== null) continue;
    const ink = luminance(parse(getComputedStyle(element).color).slice(0, 3));
    const ground = luminance(groundOf(element));
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < 4.5) faint.add(element.tagName + '.' + element.className + ' ' + contrast.toFixed(2));
  }
  return [...faint];
})()`;
