import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import type { ScriptedTool } from '../fixtures/in-memory-upstream.ts';
import { createTestGateway, type TestGateway } from '../fixtures/test-gateway.ts';

const markup = [
  '<script>alert("script")</script>',
  '<img src=x onerror=alert("image")>',
  '</p><iframe src="https://example.com/frame"></iframe>',
  '<svg/onload=alert("svg")><style>body{display:none}</style>',
  '[link](javascript:alert("link")) <javascript:alert(1)>',
  '![pixel](https://example.com/pixel.png)',
  '<!-- ReDoc-Inject: <security-definitions> --><SecurityDefinitions />',
  '# Heading',
  '',
  '    indented',
].join('\n');

const hostile: readonly ScriptedTool[] = [
  {
    name: 'hostile',
    title: `Title ${markup}`,
    description: `Begin\n${markup}\nEnd`,
    inputSchema: {
      type: 'object',
      title: markup,
      properties: {
        [`key ${markup}`]: { type: 'string', description: markup, default: markup, enum: [markup, 'x'] },
        linked: {
          type: 'string',
          description: 'linked',
          externalDocs: { url: 'javascript:alert("docs")', description: markup },
        },
      },
      externalDocs: { url: 'javascript:alert("docs")' },
    },
    run: () => ({ content: [{ type: 'text', text: markup }] }),
  },
  {
    name: 'short',
    description: '<script>alert("short")</script><img src=x onerror=alert("short")> [l](javascript:alert(1))',
    inputSchema: { type: 'object' },
  },
  {
    name: 'reordered',
    description: 'safe \u202Egnp.exe\u202C end \u2066isolated\u2069',
    inputSchema: { type: 'object' },
  },
  {
    name: 'long',
    description: `Start ${'long <b>text</b> '.repeat(65_000)}Stop`,
    inputSchema: { type: 'object' },
  },
];

const canRun = chromiumPath !== undefined;
let browser: Browser;
let gateway: TestGateway;
let url: string;

beforeAll(async () => {
  if (!canRun) return;
  browser = await launchBrowser();
  gateway = await createTestGateway(hostile);
  url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  if (!canRun) return;
  await browser.close();
  await gateway.app.close();
});

beforeEach(({ skip }) => skip(!canRun, noChromium));

describe('what tools say of themselves', () => {
  test('is text in the overview: nothing of it runs, loads or links (HTTP-19)', async () => {
    const { page, faults } = await openPage(browser, url);
    const tools = page.locator('main li');
    expect(await tools.filter({ hasText: 'short' }).textContent()).toContain('<script>');
    expect(await page.locator('main .tools').innerText()).toContain(String.raw`safe \u202egnp.exe\u202c end`);
    expect(await page.evaluate(injected)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('is text in Swagger UI: nothing of it runs, loads or links (HTTP-19)', async () => {
    const { page, faults } = await openPage(browser, `${url}/docs`);
    for (const name of ['hostile', 'reordered', 'long']) {
      await page.locator(`#operations-default-${name} .opblock-summary-control`).click();
    }
    const tool = page.locator('#operations-default-hostile');
    expect(await tool.locator('.opblock-description-wrapper').first().innerText()).toContain(
      `Begin\n${markup}\nEnd`,
    );
    expect(await tool.locator('.opblock-summary-description').textContent()).toContain('<script>');
    await tool.getByRole('tab', { name: 'Schema' }).first().click();
    await tool.getByText('Expand all').first().click();
    await tool.getByRole('tab', { name: 'Edit Value' }).click();
    await tool.getByRole('button', { name: 'Execute' }).click();
    await tool.locator('.live-responses-table').waitFor();
    expect(await tool.locator('.live-responses-table pre').first().innerText()).toContain('<script>alert(');
    expect(await page.locator('#operations-default-reordered').innerText()).toContain(
      'safe [U+202E]gnp.exe[U+202C] end [U+2066]isolated[U+2069]',
    );
    expect(await page.locator('#operations-default-long .text').first().textContent()).toMatch(
      /^Start long <b>text<\/b> .*Stop$/,
    );
    expect(await page.evaluate(injected)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('is text in Redoc: nothing of it runs, loads or links (HTTP-19)', async () => {
    const { page, faults } = await openPage(browser, `${url}/redoc`);
    const section = page.locator('[id="operation/hostile"]');
    await section.waitFor();
    expect(await section.locator('.text').first().innerText()).toBe(`Begin\n${markup}\nEnd`);
    expect(await section.locator('h2').innerText()).toContain('<script>');
    expect(await page.locator('[id="operation/reordered"]').innerText()).toContain(
      'safe [U+202E]gnp.exe[U+202C] end [U+2066]isolated[U+2069]',
    );
    expect(await page.locator('[id="operation/long"] .text').first().textContent()).toMatch(
      /^Start long <b>text<\/b> .*Stop$/,
    );
    expect(await page.evaluate(injected)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

/** Elements that only markup from a tool could have made. */
const injected = `[...document.querySelectorAll([
  '#page iframe', '#page script', '#page style', '[onerror]', '[onload]', '#page b', '.text h1', '.text a', '.text img',
  '[href^="javascript:"]', '[src="x"]', '[src*="example.com"]',
].join())].map((element) => element.outerHTML)`;
