import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuthorizationRule } from '../../src/authorization/authorization-rule.ts';
import { Authorization } from '../../src/authorization/authorization.ts';
import { createAuthenticator } from '../../src/identity/authenticator.ts';
import { digestSecret } from '../../src/identity/digest.ts';
import { KeyRing } from '../../src/identity/key-ring.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { createTestGateway, echo, greet, type TestGateway } from '../fixtures/test-gateway.ts';

// Callers see what they may call, and nothing else: alice one tool, root all of them.

const canRun = chromiumPath !== undefined;
const allow = (name: string, ...tools: readonly string[]): AuthorizationRule => ({
  scopes: [],
  keys: [name],
  sharedKey: false,
  everyone: false,
  allow: tools,
});

let browser: Browser;
let kit: TestGateway;
let url: string;

beforeAll(async () => {
  if (!canRun) return;
  const keys = ['alice', 'root'].map((name) => ({ name, digest: digestSecret(name), scopes: [] }));
  browser = await launchBrowser();
  kit = await createTestGateway([echo, greet], {
    authenticator: createAuthenticator({ keys: new KeyRing(keys), hasSharedKey: false, now: Date.now }),
    authorization: new Authorization([allow('alice', 'greet'), allow('root', '*')]),
    hidesForbidden: true,
  });
  url = await kit.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  if (!canRun) return;
  await browser.close();
  await kit.app.close();
});

beforeEach(({ skip }) => skip(!canRun, noChromium));

test('the overview leads to the metrics for those alone who may read them (PAGE-01, AUTHZ-07)', async () => {
  expect([await metricsFor('alice', 'text/html'), await metricsFor('alice', 'application/json')]).toEqual([
    false,
    false,
  ]);
  expect([await metricsFor('root', 'text/html'), await metricsFor('root', 'application/json')]).toEqual([
    true,
    true,
  ]);
  const { page } = await open('root');
  await page.getByRole('link', { name: 'Metrics' }).click();
  await page.getByText('mcpo_calls_total').first().waitFor();
});

test('whoever opens what they may not see is told so, and keeps the key (PAGE-06)', async () => {
  const { page, faults } = await open('alice');
  await page.goto(`${url}/metrics`);
  await page.getByText('it is for callers that may call them all').waitFor();
  expect(await page.getByLabel('API key').count()).toBe(0);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('link', { name: 'greet' }).waitFor();
  await page.goto(`${url}/metrics`);
  // Another key may be right for it.
  await page.getByRole('button', { name: 'Forget the key' }).click();
  await enter(page, 'root');
  await page.getByText('mcpo_calls_total').first().waitFor();
  // Pages are left while they load.
  expect(faults.filter((fault) => !/status of 40[13]|^failed: /.test(fault))).toEqual([]);
});

test('the readiness that a key shows is shown on the overview, for the key of the page (PAGE-01)', async () => {
  const { page, faults } = await open('alice');
  await page.getByRole('link', { name: 'Readiness' }).click();
  await page.getByText('"servers"').waitFor();
  expect(await page.locator('#readiness-details').innerText()).toContain('"tools": 1');
  expect(page.url()).toBe(`${url}/`);
  expect(faults.filter((fault) => !/status of 401/.test(fault))).toEqual([]);
});

/** Whether the overview that a caller gets names them. */
async function metricsFor(name: string, accept: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${name}`, accept };
  return /metrics/i.test(await (await fetch(url, { headers })).text());
}

async function open(key: string): ReturnType<typeof openPage> {
  const opened = await openPage(browser, `${url}/`);
  await enter(opened.page, key);
  await opened.page.getByRole('link', { name: 'greet' }).waitFor();
  return opened;
}

/** Gives the key to the page that asks for it. */
async function enter(page: Page, given: string): Promise<void> {
  await page.getByLabel('API key').fill(given);
  await page.keyboard.press('Enter');
}
