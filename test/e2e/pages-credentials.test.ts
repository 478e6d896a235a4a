import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { startTokenIssuer, type TokenIssuer } from '../fixtures/token-issuer.ts';

const canRun = chromiumPath !== undefined && isBuilt;

/** One way to show who one is: the scheme's name in the document, and what is written into its fields. */
interface Way {
  readonly scheme: 'bearer' | 'basic' | 'token';
  readonly secret: () => string | Promise<string>;
}

describe('try-it-out with credentials', { timeout: 90_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-pages-'));
  let browser: Browser;
  let issuer: TokenIssuer;
  let gateway: GatewayProcess;
  let alice = '';

  beforeAll(async () => {
    if (!canRun) return;
    [browser, issuer] = await Promise.all([launchBrowser(), startTokenIssuer()]);
    const keys = join(folder, 'keys.json');
    const rules = join(folder, 'rules.json');
    alice = runServe(['key', 'new', '--name', 'alice', '--scopes', 'clock', '--file', keys]).stdout.trim();
    writeFileSync(
      rules,
      JSON.stringify([
        { scopes: ['clock'], sharedKey: true, allow: ['get_*'] },
        { scopes: ['convert'], allow: ['convert_*'] },
      ]),
    );
    const flags = ['--api-key', 'shäred 馬', '--api-keys-file', keys, '--authorization', rules];
    const jwt = ['--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience];
    gateway = await startGateway(undefined, { flags: [...flags, ...jwt] });
  });
  afterAll(async () => {
    if (canRun) await browser.close();
    await gateway?.stop();
    await issuer?.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(({ skip }) => {
    skip(chromiumPath === undefined, noChromium);
    skip(!isBuilt, 'not built: npm run build');
  });

  const ways: readonly (readonly [string, Way])[] = [
    ['the shared key as a token', { scheme: 'bearer', secret: () => 'shäred 馬' }],
    ['the shared key as a password', { scheme: 'basic', secret: () => 'shäred 馬' }],
    ['a key of the file as a token', { scheme: 'bearer', secret: () => alice }],
    ['a key of the file as a password', { scheme: 'basic', secret: () => alice }],
    ['a signed token', { scheme: 'token', secret: async () => await issuer.sign({ scope: 'clock' }) }],
  ];
  test.each(ways)(
    'calls a tool with %s, and is told what it lacks for another (PAGE-08, AUTHZ-05)',
    async (_name, way) => {
      const { page, faults } = await openPage(browser, `${gateway.url}/docs`);
      const secret = await way.secret();
      await authorize(page, way.scheme, secret);
      const open = await execute(page, 'get_current_time', '{"timezone": "UTC"}');
      expect([open.status, open.body]).toEqual(['200', expect.stringContaining('"UTC"') as string]);
      const closed = await execute(page, 'convert_time', '{"time": "10:00"}');
      expect(closed.status).toBe('403');
      expect(closed.body).toContain('convert');
      expect(faults.filter((fault) => !/status of 403/.test(fault))).toEqual([]);
      expect(gateway.stderr).not.toContain(secret);
    },
  );

  test('is refused without any (PAGE-08)', async () => {
    const { page } = await openPage(browser, `${gateway.url}/docs`);
    expect((await execute(page, 'get_current_time', '{"timezone": "UTC"}')).status).toBe('401');
  });
});

/** Gives a secret to Swagger UI, for the scheme of that name. */
async function authorize(page: Page, scheme: Way['scheme'], secret: string): Promise<void> {
  await page.locator('.auth-wrapper .authorize').first().click();
  const form = page.locator('.auth-container', {
    has: page.getByRole('heading', { name: new RegExp(`^${scheme} `) }),
  });
  if (scheme === 'basic') {
    await form.getByLabel('auth-basic-username').fill('anyone');
    await form.getByLabel('auth-basic-password').fill(secret);
  } else await form.getByLabel('auth-bearer-value').fill(secret);
  await form.getByRole('button', { name: 'Apply credentials' }).click();
  await page.locator('.auth-btn-wrapper .btn-done').first().click();
}

/** Calls a tool. */
async function execute(
  page: Page,
  name: string,
  body: string,
): Promise<{ readonly status: string; readonly body: string }> {
  const operation: Locator = page.locator(`#operations-default-${name}`);
  await operation.locator('.opblock-summary-control').click();
  await operation.locator('textarea').fill(body);
  await operation.getByRole('button', { name: 'Execute' }).click();
  const table = operation.locator('.live-responses-table');
  await table.waitFor();
  const status = await table.locator('.response-col_status').nth(1).innerText();
  return { status: status.trim().slice(0, 3), body: await table.locator('pre').first().innerText() };
}
