import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import type { ScriptedTool } from '../fixtures/in-memory-upstream.ts';
import { createTestGateway, type TestGateway } from '../fixtures/test-gateway.ts';

const markup = `it's </script><script>alert("script")</script><img src=x onerror=alert("image")>`;
const tools: readonly ScriptedTool[] = ['first', 'second tool'].map((name) => ({
  name,
  description: 'Echoes.',
  inputSchema: {
    type: 'object',
    required: ['word'],
    properties: { word: { type: 'string', enum: [markup] } },
  },
}));

let browser: Browser;
let gateway: TestGateway;
let url: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  browser = await launchBrowser();
  gateway = await createTestGateway(tools);
  url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  if (chromiumPath === undefined) return;
  await browser.close();
  await gateway.app.close();
});

beforeEach(({ skip }) => skip(chromiumPath === undefined, noChromium));

test('Redoc shows each operation in five languages, as text, with the address of the page', async () => {
  const { page, faults } = await openPage(browser, `${url}/redoc`);
  for (const [index, { name }] of tools.entries()) {
    const operation = page.locator('[data-section-id^="operation/"], [id^="operation/"]').nth(index);
    const tabs = operation.getByRole('tab');
    await tabs.filter({ hasText: /^MCP$/ }).waitFor();
    const labels = await tabs.allInnerTexts();
    expect(labels).toEqual(expect.arrayContaining(['curl', 'JavaScript', 'Python', 'openapi-fetch', 'MCP']));
    for (const [label, wanted] of [
      ['curl', `curl --request POST ${url}/${encodeURIComponent(name)} \\`],
      ['JavaScript', `await fetch("${url}/${encodeURIComponent(name)}", {`],
      ['Python', `    "${url}/${encodeURIComponent(name)}",`],
      ['openapi-fetch', `await client.POST("/${encodeURIComponent(name)}", {`],
      ['MCP', `"name": "${name}",`],
    ] as const) {
      await tabs.filter({ hasText: new RegExp(`^${label}$`) }).click();
      const source = operation.locator('.react-tabs__tab-panel--selected pre').first();
      expect(await source.innerText()).toContain(wanted);
      // Highlighted: its words are marked, and nothing of it became an element.
      expect(await source.locator('span.token').count()).toBeGreaterThan(3);
      expect(await source.locator('script, img').count()).toBe(0);
    }
  }
  expect(faults).toEqual([]);
});
