import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';

const key = 's3cret:=/+';
const absence = isBuilt ? noChromium : 'not built: npm run build';
const canRun = chromiumPath !== undefined && isBuilt;

let browser: Browser;
let open: GatewayProcess;

beforeAll(async () => {
  if (!canRun) return;
  [browser, open] = await Promise.all([launchBrowser(), startGateway(undefined)]);
});

afterAll(async () => {
  if (!canRun) return;
  await Promise.all([browser.close(), open.stop()]);
});

beforeEach(({ skip }) => skip(!canRun, absence));

describe('Swagger UI', () => {
  test('a tool runs from the page, which shows its answer and how long it took', async () => {
    const { page, faults } = await openPage(browser, `${open.url}/docs`);
    await openTool(page, 'get_current_time');
    expect(await page.locator('textarea').inputValue()).toBe('{\n  "timezone": "America/New_York"\n}');
    await page.locator('textarea').fill('{"timezone": "Asia/Tokyo"}');
    const answer = await execute(page);
    expect(answer.status).toBe('200');
    expect(JSON.parse(answer.body)).toMatchObject({ timezone: 'Asia/Tokyo', is_dst: false });
    expect(await page.locator('.live-responses-table').textContent()).toMatch(/\d+ ms/);
    expect(faults).toEqual([]);
  });

  test('a deep link opens its tool, also with a query before it', async () => {
    const { page, faults } = await openPage(browser, `${open.url}/docs?from=mail#/default/convert_time`);
    await page.locator('#operations-default-convert_time textarea').waitFor();
    expect(await page.locator('textarea').count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test('every part of a call can be reached with the keyboard', async () => {
    const { page } = await openPage(browser, `${open.url}/docs`);
    await page.locator('#operations-default-get_current_time .opblock-summary-control').focus();
    await page.keyboard.press('Enter');
    await page.locator('textarea').waitFor();
    await page.locator('textarea').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const table = page.locator('.live-responses-table');
    await table.waitFor();
    expect(await table.innerText()).toContain('America/New_York');
  });

  test('a document that cannot be loaded is said so', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route('**/openapi.json', (route) => route.fulfill({ status: 503 }));
    await page.goto(`${open.url}/docs`);
    expect(await page.getByRole('alert').textContent()).toContain('openapi.json answers 503');
  });
});

describe('with an API key', () => {
  let keyed: GatewayProcess;
  beforeAll(async () => {
    if (canRun) keyed = await startGateway(undefined, { env: { MCPO_API_KEY: key } });
  });
  afterAll(async () => {
    if (canRun) await keyed.stop();
  });

  test.each([
    ['no credentials', async () => {}, '401'],
    ['a bearer token', async (page: Page) => await page.getByLabel('auth-bearer-value').fill(key), '200'],
    [
      'a user name and the key as password',
      async (page: Page) => {
        await page.locator('#auth-basic-username').fill('anyone');
        await page.locator('#auth-basic-password').fill(key);
      },
      '200',
    ],
    [
      'a wrong bearer token',
      async (page: Page) => await page.getByLabel('auth-bearer-value').fill('no'),
      '403',
    ],
  ])('a call from Swagger UI carries %s', async (_what, fill, status) => {
    const { page } = await openPage(browser, `${keyed.url}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).click();
    await fill(page);
    await page.keyboard.press('Enter');
    await page.locator('.close-modal').click();
    await openTool(page, 'get_current_time');
    expect((await execute(page)).status).toBe(status);
  });
});

test('Redoc shows every operation of the document, and finds one', async () => {
  const document = (await (await fetch(`${open.url}/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, { readonly post: { readonly operationId: string } }>>;
  };
  const { page, faults } = await openPage(browser, `${open.url}/redoc`);
  await page.locator('.api-content h2').first().waitFor();
  for (const [path, { post }] of Object.entries(document.paths)) {
    const section = page.locator(`[id="operation/${post.operationId}"]`);
    expect(await section.textContent()).toContain(path);
  }
  await page.getByPlaceholder('Search').fill('convert');
  await page.locator('[role="search"] [role="menuitem"], [role="search"] ul li').first().waitFor();
  expect(faults).toEqual([]);
});

describe.each(['docs', 'redoc'])('/%s', (name) => {
  const ready = name === 'docs' ? '.opblock' : '.api-content h2';

  test('loads nothing from elsewhere and keeps to its Content-Security-Policy (HTTP-19)', async () => {
    const { page, faults, requests } = await openPage(browser, `${open.url}/${name}`);
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(faults).toEqual([]);
    expect(requests.some((url) => url.endsWith('/pages/favicon.svg'))).toBe(true);
    const policy = (await fetch(`${open.url}/${name}`)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  test('inline scripts, inline handlers and requests elsewhere are refused (HTTP-19)', async () => {
    const { page, faults } = await openPage(browser, `${open.url}/${name}`);
    await page.locator(ready).first().waitFor();
    await page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'alert(1)';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="alert(2)">');
      await fetch('https://example.com/').catch(() => {});
    })()`);
    await expect
      .poll(() => faults.filter((fault) => fault.startsWith('CSP: ')).toSorted())
      .toEqual([
        'CSP: connect-src https://example.com/',
        'CSP: script-src-attr inline',
        'CSP: script-src-elem inline',
      ]);
    expect(faults.filter((fault) => fault.startsWith('dialog: '))).toEqual([]);
  });

  test('a phone needs no sideways scrolling', async () => {
    const { page } = await openPage(browser, `${open.url}/${name}`, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
    });
    await page.locator(ready).first().waitFor();
    if (name === 'docs') {
      await openTool(page, 'get_current_time');
      await execute(page);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

async function openTool(page: Page, name: string): Promise<void> {
  await page.locator(`#operations-default-${name} .opblock-summary-control`).click();
  await page.locator('textarea').waitFor();
}

async function execute(page: Page): Promise<{ readonly status: string; readonly body: string }> {
  await page.getByRole('button', { name: 'Execute' }).click();
  const table = page.locator('.live-responses-table');
  await table.waitFor();
  const status = await table.locator('tbody .response-col_status').first().innerText();
  return { status: status.trim().slice(0, 3), body: await table.locator('pre').first().innerText() };
}
