import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { createInMemoryUpstream } from '../fixtures/in-memory-upstream.ts';
import { createNamedGateway, echo, greet } from '../fixtures/test-gateway.ts';

const canRun = chromiumPath !== undefined;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let browser: Browser;
let url: string;
let close: () => Promise<unknown>;

beforeAll(async () => {
  if (!canRun) return;
  browser = await launchBrowser();
  const many = Array.from({ length: 9 }, (_, index) => ({ ...greet, name: `tool_${index}` }));
  const { app } = await createNamedGateway(
    {
      files: createInMemoryUpstream([echo, ...many], { name: 'files' }),
      absent: createInMemoryUpstream([], { name: 'absent', state: { kind: 'connecting' } }),
    },
    { apiKey: 'k' },
  );
  close = async () => await app.close();
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  if (!canRun) return;
  await browser.close();
  await close();
});

beforeEach(({ skip }) => skip(!canRun, noChromium));

/** What is theirs, and cannot be mended from outside. */
const theirs = [
  // Swagger UI's row of a tool is a button, which holds the link and the button to copy its path.
  /^nested-interactive .*\.opblock-summary-control/,
  // Redoc's entry of a tool is named for the tool, and shows the word for its method before it.
  /^label-content-name-mismatch li\[data-item-id=/,
];

const pages = [
  ['/', '.tools > li'],
  ['/files/', '.tools > li'],
  ['/files/docs', '.opblock'],
  ['/files/redoc', '.api-content h2'],
  ['/absent/docs', '#retry'],
] as const;

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  test.each(pages)('%s has no serious fault that axe-core finds', async (path, ready) => {
    // Its own scripts are checked by the other tests; axe-core is none of them.
    const { page } = await openPage(browser, `${url}${path}`, { colorScheme, bypassCSP: true });
    await page.locator(ready).first().waitFor();
    if (path.endsWith('/docs') && ready === '.opblock') {
      await page.locator('#operations-default-tool_1 .opblock-summary-control').click();
      await page.locator('textarea').waitFor();
    }
    const serious = await findSerious(page);
    expect(serious.filter((fault) => !theirs.some((pattern) => pattern.test(fault)))).toEqual([]);
  });

  test.each(pages)('%s needs no sideways scrolling on a phone', async (path, ready) => {
    const viewport = { width: 390, height: 844 };
    const { page } = await openPage(browser, `${url}${path}`, { colorScheme, viewport, isMobile: true });
    await page.locator(ready).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});

/** What is serious or critical, as `rule selector`. */
async function findSerious(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ path: axe });
  return await page.evaluate(`(async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target, any }) => id + ' ' + target.join(' ') + ' ' + (any[0]?.message ?? '')));
  })()`);
}
