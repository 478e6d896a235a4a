import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { HttpOptions } from '../../src/http/server.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { createTestGateway, echo, greet, type TestGateway } from '../fixtures/test-gateway.ts';

const canRun = chromiumPath !== undefined;
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
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

test('under strict authentication the browser asks for the key, and the pages use it (HTTP-12)', async () => {
  const { url } = await listen({ apiKey: 'k3y', strictAuth: true });
  const httpCredentials = { username: 'anyone', password: 'k3y' };
  const docs = await openPage(browser, `${url}/docs`, { httpCredentials });
  expect((await execute(docs.page, 'greet')).body).toContain('"name"');
  const redoc = await openPage(browser, `${url}/redoc`, { httpCredentials });
  await redoc.page.locator('[id="operation/greet"]').waitFor();
  expect([...docs.faults, ...redoc.faults]).toEqual([]);
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
  const gateway = await createTestGateway([echo, greet, large, picture], options);
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

/** Calls a tool from Swagger UI; without a name, the one that is open already. */
async function execute(page: Page, name?: string, body?: string): Promise<{ readonly body: string }> {
  if (name !== undefined) await page.locator(`#operations-default-${name} .opblock-summary-control`).click();
  if (body !== undefined) await page.locator('textarea').fill(body);
  await page.getByRole('button', { name: 'Execute' }).click();
  const table = page.locator('.live-responses-table');
  await table.waitFor();
  return { body: await table.locator('pre').first().innerText() };
}
