import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HttpOptions } from '../../src/http/server.ts';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { createInMemoryUpstream, type InMemoryUpstream } from '../fixtures/in-memory-upstream.ts';
import { startReverseProxy, type ReverseProxyOptions } from '../fixtures/reverse-proxy.ts';
import { createNamedGateway, echo, greet } from '../fixtures/test-gateway.ts';

const canRun = chromiumPath !== undefined;
const odd = 'a b.ü';

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

describe('with several servers', () => {
  test('the merged page lists the tools of all of them, and runs one (HTTP-22, HTTP-19)', async () => {
    const { url, upstreams } = await listen();
    const { page, faults } = await openPage(browser, `${url}/docs`);
    await page.locator('.opblock').first().waitFor();
    const paths = await page
      .locator('.opblock-summary-path')
      .evaluateAll((all) =>
        all.map((element) => (element as { dataset: Record<string, string> }).dataset['path']),
      );
    expect(new Set(paths)).toEqual(
      new Set(['/a%20b.%C3%BC/echo', '/files/echo', '/people/docs', '/people/echo', '/people/greet']),
    );
    await page.locator('#operations-people-people_docs .opblock-summary-control').click();
    expect(await execute(page, '{"n": 1}')).toContain('"n": 1');
    expect(upstreams['people']?.calls.map(({ tool }) => tool)).toEqual(['docs']);
    expect(faults).toEqual([]);
  });

  test('a server’s page runs its tool, whatever its name (HTTP-22, HTTP-19)', async () => {
    const { url, upstreams } = await listen();
    const { page, faults, requests } = await openPage(browser, `${url}/${encodeURIComponent(odd)}/docs`);
    await page.locator('#operations-default-echo .opblock-summary-control').click();
    expect(await execute(page, '{"n": 2}')).toContain('"n": 2');
    expect(upstreams[odd]?.calls).toHaveLength(1);
    expect(requests).toContain(`${url}/a%20b.%C3%BC/echo`);
    expect(faults).toEqual([]);
  });

  test('the pages lead to each other (HTTP-22)', async () => {
    const { url } = await listen();
    const { page, faults } = await openPage(browser, `${url}/people/redoc`);
    await page.locator('[id="operation/greet"]').waitFor();
    const servers = page.getByRole('navigation', { name: 'Servers' });
    expect(await servers.locator('[aria-current]').textContent()).toBe('people');
    expect(await servers.innerText()).toContain('absent (not connected)');
    await servers.getByRole('link', { name: odd }).click();
    await page.locator('[id="operation/echo"]').waitFor();
    expect(page.url()).toBe(`${url}/a%20b.%C3%BC/redoc`);
    await servers.getByRole('link', { name: 'All servers' }).click();
    await page.locator('[id="operation/people_greet"]').waitFor();
    expect(page.url()).toBe(`${url}/redoc`);
    await page.getByRole('link', { name: 'Swagger UI' }).click();
    await page.locator('.opblock').first().waitFor();
    expect(faults).toEqual([]);
  });

  test('a phone needs no sideways scrolling', async () => {
    const { url } = await listen();
    const { page } = await openPage(browser, `${url}/people/docs`, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
    });
    await page.locator('.opblock').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

describe.each<[string, ReverseProxyOptions, Partial<HttpOptions>]>([
  ['that strips the root path', { prefix: '/root', strips: true }, { rootPath: '/root' }],
  ['that passes the root path on', { prefix: '/root', strips: false }, { rootPath: '/root' }],
  [
    'that strips both paths',
    { prefix: '/root/api', strips: true },
    { rootPath: '/root', pathPrefix: '/api' },
  ],
  [
    'that passes both paths on',
    { prefix: '/root/api', strips: false },
    { rootPath: '/root', pathPrefix: '/api' },
  ],
  [
    'that is trusted to say what it strips',
    { prefix: '/team/x', strips: true, headers: { 'x-forwarded-prefix': '/team/x' } },
    { trustProxy: true },
  ],
])('behind a proxy %s', (_which, proxied, options) => {
  test('pages load, run tools and lead to each other below the prefix (HTTP-27, HTTP-28)', async () => {
    const { url, port, upstreams } = await listen(options);
    const proxy = await startReverseProxy(port, proxied);
    closers.push(async () => await proxy.close());
    const base = `${proxy.origin}${proxied.prefix}`;
    // The path itself, and a server's, lead to their pages.
    const { page, faults, requests } = await openPage(browser, base);
    await page.getByRole('link', { name: 'Swagger UI' }).click();
    await page.locator('#operations-people-people_echo .opblock-summary-control').click();
    expect(page.url().split('#')[0]).toBe(`${base}/docs`);
    expect(await execute(page, '{"n": 3}')).toContain('"n": 3');
    await page.goto(`${base}/people`);
    await page.getByRole('link', { name: 'greet' }).click();
    await page.locator('#operations-default-greet textarea').waitFor();
    expect(page.url().split('#')[0]).toBe(`${base}/people/docs`);
    expect(await execute(page, '{"name": "Ada"}')).toContain('"name": "Ada"');
    await page.getByRole('navigation', { name: 'Servers' }).getByRole('link', { name: 'files' }).click();
    // Who leaves while the document is on its way sees its request fail.
    await page.locator('.opblock').first().waitFor();
    await page.getByRole('link', { name: 'Redoc' }).click();
    await page.locator('[id="operation/echo"]').waitFor();
    expect(page.url()).toBe(`${base}/files/redoc`);
    expect(upstreams['people']?.calls.map(({ tool }) => tool)).toEqual(['echo', 'greet']);
    const outside = requests.filter((asked) => asked.startsWith('http') && !asked.startsWith(base));
    expect(outside).toEqual([]);
    expect(faults).toEqual([]);
    // What the document says is where other clients find the tools.
    const document = (await (await fetch(`${base}/people/openapi.json`)).json()) as {
      readonly servers: readonly [{ readonly url: string }];
    };
    expect(document.servers[0].url).toBe(`${proxied.prefix}/people`);
    const called = await fetch(new URL(`${document.servers[0].url}/echo`, base), { method: 'POST' });
    expect(called.status).toBe(200);
    expect(url).toContain(String(port));
  });
});

describe('from a page of another origin', () => {
  test('a browser calls where its origin is allowed, and reads errors too (HTTP-32, HTTP-33, HTTP-34)', async () => {
    const elsewhere = await startElsewhere();
    const { url, upstreams } = await listen({ corsAllowOrigins: [elsewhere], apiKey: 'k' });
    const { page } = await openPage(browser, elsewhere);
    expect(await callFrom(page, `${url}/people/echo`)).toBe('200 mine {"n": 4}');
    expect(await callFrom(page, `${url}/people/greet`)).toMatch(/^422 mine .*invalid_arguments/s);
    expect(upstreams['people']?.calls).toHaveLength(1);
  });

  test('a browser gets nothing where no origin is (HTTP-31)', async () => {
    const elsewhere = await startElsewhere();
    const { url, upstreams } = await listen({ apiKey: 'k' });
    const { page } = await openPage(browser, elsewhere);
    expect(await callFrom(page, `${url}/people/echo`)).toBe('Failed to fetch');
    expect(upstreams['people']?.calls).toEqual([]);
  });
});

interface Listening {
  readonly url: string;
  readonly port: number;
  readonly upstreams: Readonly<Record<string, InMemoryUpstream>>;
}

async function listen(options: Partial<HttpOptions> = {}): Promise<Listening> {
  const upstreams = {
    files: createInMemoryUpstream([echo], { name: 'files' }),
    people: createInMemoryUpstream([echo, greet, { ...echo, name: 'docs' }], { name: 'people' }),
    [odd]: createInMemoryUpstream([echo], { name: odd }),
    absent: createInMemoryUpstream([], { name: 'absent', state: { kind: 'connecting' } }),
  };
  const { app } = await createNamedGateway(upstreams, options);
  closers.push(async () => await app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, port: Number(new URL(url).port), upstreams };
}

/** Calls the tool that is open. */
async function execute(page: Page, body: string): Promise<string> {
  await page.locator('textarea').fill(body);
  await page.getByRole('button', { name: 'Execute' }).click();
  const table = page.locator('.live-responses-table');
  await table.waitFor();
  return await table.locator('pre').first().innerText();
}

/** Calls a tool by a script of the page's own, with the key. */
async function callFrom(page: Page, url: string): Promise<string> {
  return await page.evaluate(`(async () => {
    try {
      const answer = await fetch(${JSON.stringify(url)}, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer k', 'x-request-id': 'mine' },
        body: '{"n": 4}',
      });
      return answer.status + ' ' + answer.headers.get('x-request-id') + ' ' + (await answer.text());
    } catch (error) {
      return error.message;
    }
  })()`);
}

/** A page on another site: another name than the gateway's. */
async function startElsewhere(): Promise<string> {
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => await new Promise((resolve) => server.close(resolve)));
  // A TCP server that listens has an AddressInfo.
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
