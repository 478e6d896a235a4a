import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { toHtml } from '../../bench/report/html.ts';
import { hostileResult } from '../fixtures/bench/hostile-result.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { exampleResult } from '../unit/bench/example-result.ts';

const canRun = chromiumPath !== undefined;
let browser: Browser;
let folder: string;
let url: string;

beforeAll(async () => {
  if (!canRun) return;
  folder = mkdtempSync(join(tmpdir(), 'bench-page-'));
  url = write('report.html', toHtml(hostileResult));
  browser = await launchBrowser();
});

afterAll(async () => {
  if (!canRun) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});

beforeEach(({ skip }) => skip(!canRun, noChromium));

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)(
  'in %s at %i pixels all plots are drawn, within the page, and nothing is asked of the network',
  async (colorScheme, width) => {
    const { page, faults, requests } = await openPage(browser, url, {
      colorScheme,
      viewport: { width, height: 900 },
    });
    await expect.poll(() => page.evaluate(coloursOfPlots)).toEqual(allDrawn(6));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.locator('img, iframe, object, [onerror]').count()).toBe(0);
    expect(requests).toEqual([url]);
    expect(faults).toEqual([]);
  },
);

test('a run of one step, of which much could not be read, has the plots that can be drawn', async () => {
  const one = {
    ...exampleResult,
    sweep: { ...exampleResult.sweep, steps: exampleResult.sweep.steps.slice(0, 1) },
  };
  const { page, faults } = await openPage(browser, write('one.html', toHtml(one)));
  await expect.poll(() => page.evaluate(coloursOfPlots)).toEqual(allDrawn(4));
  expect(faults).toEqual([]);
});

test('another step can be chosen for the histogram, and a pointer reads a plot', async () => {
  const { page, faults } = await openPage(browser, url);
  const before = await pixelsOf(page, '#plot-histogram');
  await page.locator('#step').selectOption({ label: '4' });
  await expect.poll(() => pixelsOf(page, '#plot-histogram')).not.toBe(before);
  await page.locator('#plot-throughput .u-over').hover();
  await expect
    .poll(() => page.locator('#plot-throughput .legend').textContent())
    .toMatch(/\d calls\/s.*at \d+ users/);
  expect(faults).toEqual([]);
});

test('the plots follow the theme, and are drawn anew for paper', async () => {
  const { page } = await openPage(browser, url, { colorScheme: 'dark' });
  const dark = await pixelsOf(page, '#plot-latency');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(() => pixelsOf(page, '#plot-latency')).not.toBe(dark);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => pixelsOf(page, '#plot-latency')).toBe(dark);
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  await expect.poll(() => pixelsOf(page, '#plot-latency')).not.toBe(dark);
  expect((await page.pdf()).length).toBeGreaterThan(10_000);
});

test('on paper of A4 nothing is cut off', async () => {
  const { page } = await openPage(browser, url, { viewport: { width: 718, height: 1_000 } });
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(718);
});

test('without scripts the numbers are there, and no empty plots', async () => {
  const { page } = await openPage(browser, url, { javaScriptEnabled: false });
  expect(await page.locator('.plots').isVisible()).toBe(false);
  expect(await page.locator('.numbers tbody tr').count()).toBe(10);
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path).href;
}

function allDrawn(count: number): readonly boolean[] {
  return Array.from({ length: count }, () => true);
}

async function pixelsOf(page: Page, figure: string): Promise<string> {
  return await page.evaluate(`document.querySelector('${figure} canvas').toDataURL()`);
}

/** Whether each plot has its axes and, in a colour of its own, what was measured. */
const coloursOfPlots = `[...document.querySelectorAll('.plot canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) {
    const parts = [data[at], data[at + 1], data[at + 2]];
    if (data[at + 3] > 100 && Math.max(...parts) - Math.min(...parts) > 80) coloured += 1;
  }
  return coloured > 30;
})`;
