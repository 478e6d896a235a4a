import { stat } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HttpOptions } from '../../src/http/server.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { createTestGateway, echo, greet, type TestGateway } from '../fixtures/test-gateway.ts';

const canRun = chromiumPath !== undefined;
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const key = 'correct horse 馬';
const vast = {
  name: 'vast',
  inputSchema: { type: 'object' },
  run: () => ({
    content: [{ type: 'text', text: JSON.stringify(Array.from({ length: 100_000 }, () => 'x'.repeat(100))) }],
  }),
};
const large = {
  name: 'large',
  inputSchema: { type: 'object' },
  run: () => ({ content: [{ type: 'text', text: JSON.stringify({ text: `${'x'.repeat(1_000_000)}end` }) }] }),
};
const picture = {
  name: 'picture',
  inputSchema: { type: 'object' },
  run: () => ({
    content: [
      { type: 'text', text: 'a dot' },
      { type: 'image', mimeType: 'image/png', data: pixel },
    ],
  }),
};

let browser: Browser;
const closers: Array<() => Promise<unknown>> = [];

beforeAll(async () => {
  if (canRun) browser = await launchBrowser();
});

afterAll(async () => {
  // The browser first: a server waits for connections that are open, and browsers open some in advance.
  if (canRun) await browser.close();
  for (const close of closers) await close();
});

beforeEach(({ skip }) => skip(!canRun, noChromium));

describe('under strict authentication', () => {
  test('a page asks for the key once: try-it-out and the other pages use it (HTTP-12, PAGE-06, PAGE-08)', async () => {
    const { url, upstream } = await listen({ apiKey: key, strictAuth: true });
    const { page, faults } = await openPage(browser, `${url}/docs#/default/greet`);
    await enter(page, 'no');
    await page.getByText('The gateway refuses this key.').waitFor();
    await enter(page, key);
    await page.locator('textarea').fill('{"name": "Ada"}');
    expect((await execute(page)).body).toContain('"Ada"');
    await page.getByRole('link', { name: 'Redoc' }).click();
    await page.locator('[id="operation/greet"]').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'echo' }).waitFor();
    await page.getByRole('link', { name: 'openapi.json' }).first().click();
    await page.getByText('"openapi"').waitFor();
    await page.goto(url);
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByLabel('API key').waitFor();
    expect(upstream.calls.map(({ tool }) => tool)).toEqual(['greet']);
    expect(faults.filter((fault) => !/status of 40[13]/.test(fault))).toEqual([]);
  });

  test('another tab is asked again, and learns nothing before (PAGE-06)', async () => {
    const { url } = await listen({ apiKey: key, strictAuth: true });
    const { page } = await openPage(browser, `${url}/`);
    await enter(page, key);
    await page.getByRole('link', { name: 'greet' }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${url}/`);
    await other.getByLabel('API key').waitFor();
    expect(await other.content()).not.toContain('greet');
  });

  test('where it is wanted, the browser asks for the key itself (PAGE-06)', async () => {
    const { url } = await listen({ apiKey: 'k3y', strictAuth: true });
    const httpCredentials = { username: 'anyone', password: 'k3y' };
    const { page } = await openPage(browser, `${url}/docs?ask=browser`, { httpCredentials });
    expect((await execute(page, 'greet')).body).toContain('"name"');
    await page.goto(`${url}/redoc`);
    await page.locator('[id="operation/greet"]').waitFor();
  });
});

test('a key given to Swagger UI is there after a reload, and when it is taken back it is not (PAGE-08)', async () => {
  const { url } = await listen({ apiKey: key });
  const { page } = await openPage(browser, `${url}/docs`);
  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.getByLabel('auth-bearer-value').fill(key);
  await page.keyboard.press('Enter');
  await page.reload();
  expect((await execute(page, 'echo', '{"n": 5}')).body).toContain('"n": 5');
  await page.getByRole('button', { name: 'Forget the key' }).click();
  await page.locator('.opblock').first().waitFor();
  // The address of the page still names the tool that was open.
  expect((await execute(page, undefined, '{"n": 5}')).body).toContain('unauthorized');
});

test('a vast answer shows how it begins, and does not stop the page (PAGE-08)', async () => {
  const { url } = await listen();
  const { page, faults } = await openPage(browser, `${url}/docs`);
  const { body } = await execute(page, 'vast');
  expect(body.length).toBe(1_500_000);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download all' }).click(),
  ]);
  const path = await download.path();
  expect((await stat(path)).size).toBeGreaterThan(10_000_000);
  expect(faults).toEqual([]);
});

test.each(['', '?theme=x&y=1'])(
  'behind a path prefix every address stays under it: /docs%s',
  async (query) => {
    const { url, upstream } = await listen();
    const { port } = new URL(url);
    const proxy = await startProxy('/team/tools', Number(port));
    for (const path of [`docs${query}#/default/echo`, `redoc${query}#operation/echo`]) {
      const { page, faults, requests } = await openPage(browser, `${proxy}/team/tools/${path}`);
      if (path.startsWith('docs')) await execute(page);
      else await page.locator('[id="operation/echo"]').waitFor();
      expect(requests.filter((asked) => asked.startsWith('http') && !asked.includes('/team/tools/'))).toEqual(
        [],
      );
      expect(faults).toEqual([]);
    }
    expect(upstream.calls.map(({ tool }) => tool)).toEqual(['echo']);
  },
);

test('integers beyond 2^53 are sent, and shown, as they are written (RES-10)', async () => {
  const { url, upstream } = await listen();
  const { page } = await openPage(browser, `${url}/docs`);
  const { body } = await execute(page, 'echo', '{"id": 12345678901234567890, "list": [], "text": "{\\"}"}');
  expect(upstream.calls.map(({ argumentsJson }) => argumentsJson)).toEqual([
    expect.stringContaining('12345678901234567890'),
  ]);
  expect(body).toBe('{\n  "id": 12345678901234567890,\n  "list": [],\n  "text": "{\\"}"\n}');
});

test('an image in an answer is shown', async () => {
  const { url } = await listen();
  const { page, faults } = await openPage(browser, `${url}/docs`);
  await execute(page, 'picture');
  const image = page.locator('.media img');
  expect(await image.getAttribute('src')).toBe(`data:image/png;base64,${pixel}`);
  await expect
    .poll(async () => await page.evaluate("document.querySelector('.media img').naturalWidth"))
    .toBe(1);
  expect(faults).toEqual([]);
});

test('a large answer is shown whole, without colours', async () => {
  const { url } = await listen();
  const { page, faults } = await openPage(browser, `${url}/docs`);
  const { body } = await execute(page, 'large');
  expect(body.length).toBeGreaterThan(1_000_000);
  expect(body).toMatch(/end"\n\}$/);
  expect(await page.locator('.live-responses-table pre').first().locator('span').count()).toBe(0);
  expect(faults).toEqual([]);
});

async function listen(options: Partial<HttpOptions> = {}): Promise<TestGateway & { readonly url: string }> {
  const gateway = await createTestGateway([echo, greet, large, picture, vast], options);
  closers.push(async () => await gateway.app.close());
  return { ...gateway, url: await gateway.app.listen({ host: '127.0.0.1', port: 0 }) };
}

/** What a reverse proxy does: `/prefix/x` → `/x`, and nothing else is there. */
async function startProxy(prefix: string, port: number): Promise<string> {
  const proxy: Server = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) return outgoing.writeHead(404).end();
    const path = url.slice(prefix.length);
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    return incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closers.push(
    async () =>
      await new Promise((resolve) => {
        proxy.close(resolve);
        proxy.closeAllConnections();
      }),
  );
  // A listening TCP server has an address object.
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

/** Gives the key to the page that asks for it. */
async function enter(page: Page, given: string): Promise<void> {
  await page.getByLabel('API key').fill(given);
  await page.keyboard.press('Enter');
}

/** Calls a tool from Swagger UI; without a name, the one that is open already. */
async function execute(page: Page, name?: string, body?: string): Promise<{ readonly body: string }> {
  if (name !== undefined) await page.locator(`#operations-default-${name} .opblock-summary-control`).click();
  if (body !== undefined) await page.locator('textarea').fill(body);
  await page.getByRole('button', { name: 'Execute' }).click();
  const table = page.locator('.live-responses-table');
  await table.waitFor();
  return { body: await table.locator('pre').first().innerText() };
}
