import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { createInMemoryUpstream } from '../fixtures/in-memory-upstream.ts';
import { createNamedGateway, createTestGateway, echo, greet } from '../fixtures/test-gateway.ts';

const canRun = chromiumPath !== undefined;
let browser: Browser;
const closers: Array<() => Promise<unknown>> = [];

beforeAll(async () => {
  if (canRun) browser = await launchBrowser();
});

afterAll(async () => {
  if (canRun) await browser.close();
  for (const close of closers) await close();
});

beforeEach(({ skip }) => skip(!canRun, noChromium));

test('the landing page follows the servers, and finds a tool meanwhile (PAGE-03)', async () => {
  const { url, upstreams } = await listen();
  const { page, faults } = await openPage(browser, url);
  await page.getByLabel('Find a tool').fill('number 7');
  await page.getByText('1 of 12').waitFor();
  expect(await page.locator('.tools > li:visible').count()).toBe(1);
  upstreams.absent.setTools([greet]);
  upstreams.absent.setState({ kind: 'ready' });
  await page.locator('.servers > li', { hasText: 'absent' }).getByText('ready', { exact: false }).waitFor();
  await page.getByText('1 of 13').waitFor();
  await expect.poll(async () => await page.locator('#state > .status').innerText()).toBe('Ready');
  expect(await page.getByLabel('Find a tool').inputValue()).toBe('number 7');
  expect(faults).toEqual([]);
});

test('without scripts everything is there but the search (PAGE-03)', async () => {
  const { url } = await listen();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  expect(await page.locator('.tools > li').count()).toBe(12);
  expect(await page.getByLabel('Find a tool').isVisible()).toBe(false);
  expect(await page.locator('pre').innerText()).toContain(`curl '${url}/`);
});

test('the page of a server that is not connected opens by itself when it is (PAGE-05)', async () => {
  const { url, upstreams } = await listen();
  const { page } = await openPage(browser, `${url}/absent/docs`);
  await page.getByText('This page tries again by itself.').waitFor();
  upstreams.absent.setTools([greet]);
  upstreams.absent.setState({ kind: 'ready' });
  await page.locator('#operations-default-greet').waitFor();
  expect(await page.title()).toContain('Swagger UI');
});

test('of hundreds of tools, Swagger UI finds those that are looked for, and the one that is linked (PAGE-08)', async () => {
  const tools = Array.from({ length: 300 }, (_, index) => ({ ...greet, name: `tool_${index}` }));
  const { app } = await createTestGateway(tools);
  closers.push(async () => await app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { page, faults } = await openPage(browser, `${url}/docs`);
  await page.locator('.opblock').first().waitFor();
  await page.getByText('300 tools').waitFor();
  await page.getByLabel('Find a tool').fill('tool_77');
  await page.locator('#operations-default-tool_77').waitFor();
  expect(await page.locator('#operations-default-tool_1').count()).toBe(0);
  const linked = await openPage(browser, `${url}/docs#/default/tool_298`);
  await linked.page.locator('#operations-default-tool_298 textarea').waitFor();
  expect([...faults, ...linked.faults]).toEqual([]);
}, 120_000);

test('schemas that would take for ever to make an example of are shown all the same (PAGE-07)', async () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 40 }, (_, depth) => [
      `d${depth}`,
      depth === 39
        ? { type: 'string' }
        : {
            type: 'object',
            properties: { a: { $ref: `#/$defs/d${depth + 1}` }, b: { $ref: `#/$defs/d${depth + 1}` } },
          },
    ]),
  );
  const nested = {
    name: 'nested',
    inputSchema: { type: 'object', $defs, properties: { d: { $ref: '#/$defs/d0' } } },
  };
  const vast = {
    name: 'vast',
    inputSchema: {
      type: 'object',
      properties: { s: { type: 'string', minLength: 1_000_000_000 } },
      required: ['s'],
    },
  };
  const { app } = await createTestGateway([nested, vast, greet]);
  closers.push(async () => await app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { page, faults } = await openPage(browser, `${url}/docs`);
  for (const name of ['nested', 'vast', 'greet']) {
    await page.locator(`#operations-default-${name} .opblock-summary-control`).click();
    await page.locator(`#operations-default-${name} textarea`).waitFor();
  }
  const redoc = await openPage(browser, `${url}/redoc`);
  await redoc.page.locator('[id="operation/vast"]').waitFor();
  expect([...faults, ...redoc.faults]).toEqual([]);
});

async function listen() {
  const many = Array.from({ length: 11 }, (_, index) => ({
    ...greet,
    name: `tool_${index}`,
    description: `Does number ${index}.`,
  }));
  const upstreams = {
    files: createInMemoryUpstream([echo], { name: 'files' }),
    people: createInMemoryUpstream(many, { name: 'people' }),
    absent: createInMemoryUpstream([], { name: 'absent', state: { kind: 'connecting' } }),
  };
  const { app } = await createNamedGateway(upstreams);
  closers.push(async () => await app.close());
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), upstreams };
}
