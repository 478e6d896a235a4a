import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noChromium, openPage } from '../fixtures/browser.ts';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';

const corpus = join(import.meta.dirname, '../../../shared/corpus');
const replay = fileURLToPath(new URL('../fixtures/upstreams/replay-server.mjs', import.meta.url));
const docs = fileURLToPath(new URL('../../dist/src/cli/docs.js', import.meta.url));
const recordings = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith('.json')) : [];
const servers = recordings.map((name) => basename(name, '.json'));
const canRun = chromiumPath !== undefined && isBuilt;

let folder: string;
let browser: Browser;
let gateway: GatewayProcess;

describe.skipIf(servers.length === 0)('the corpus of servers (skipped without ../shared/corpus)', () => {
  beforeAll(async () => {
    if (!canRun) return;
    folder = mkdtempSync(join(tmpdir(), 'corpus-pages-'));
    const config = join(folder, 'servers.json');
    const mcpServers = Object.fromEntries(
      servers.map((name) => [
        name,
        { command: process.execPath, args: [replay, join(corpus, `${name}.json`)] },
      ]),
    );
    writeFileSync(config, JSON.stringify({ mcpServers }));
    [browser, gateway] = await Promise.all([
      launchBrowser(),
      startGateway(undefined, { flags: ['--config', config], deadlineMs: 90_000 }),
    ]);
    execFileSync(process.execPath, [docs, '--url', gateway.url, '-o', join(folder, 'site')], {
      timeout: 90_000,
      stdio: 'pipe',
    });
  }, 180_000);

  afterAll(async () => {
    if (!canRun) return;
    await Promise.all([browser.close(), gateway.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(({ skip }) => skip(!canRun, isBuilt ? noChromium : 'not built: npm run build'));

  test.each(servers)(
    'Redoc shows every tool of %s, from the gateway and from the site',
    async (server) => {
      const tools = readTools(server);
      const site = join(folder, 'site', server);
      for (const [kind, url, document] of [
        ['live', `${gateway.url}/${server}/redoc`, await readText(`${gateway.url}/${server}/openapi.json`)],
        [
          'site',
          pathToFileURL(join(site, 'index.html')).href,
          readFileSync(join(site, 'openapi.json'), 'utf8'),
        ],
      ] as const) {
        const operations = listOperations(document);
        const names = operations.map((operation) => operation['x-mcp-tool']);
        expect({ kind, names: names.toSorted() }).toEqual({
          kind,
          names: tools.map(({ name }) => name).toSorted(),
        });
        const { page, faults } = await openPage(browser, url);
        const shown = await readDrawn(page, kind);
        const ids = operations.map(({ operationId }) => operationId);
        expect({ kind, ids: [...shown.keys()].toSorted() }).toEqual({ kind, ids: ids.toSorted() });
        for (const { operationId, path, summary, 'x-mcp-tool': name } of operations) {
          const text = shown.get(operationId) ?? '';
          const tool = tools.find((each) => each.name === name);
          const words = [summary, path, ...Object.keys(tool?.inputSchema.properties ?? {})];
          const lost = words.filter((word) => !text.includes(word));
          expect({ kind, operationId, lost }).toEqual({ kind, operationId, lost: [] });
        }
        expect({ kind, faults: onlyReal(faults) }).toEqual({ kind, faults: [] });
        await page.context().close();
      }
    },
    120_000,
  );
});

interface Operation {
  readonly operationId: string;
  readonly path: string;
  readonly summary: string;
  readonly 'x-mcp-tool': string;
}

async function readText(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

function listOperations(document: string): readonly Operation[] {
  // The document is checked elsewhere; this is its shape.
  const { paths } = JSON.parse(document) as {
    readonly paths: Readonly<Record<string, { readonly post: Omit<Operation, 'path'> }>>;
  };
  return Object.entries(paths).map(([path, { post }]) => ({ ...post, path }));
}

interface Tool {
  readonly name: string;
  readonly inputSchema: { readonly properties?: Readonly<Record<string, unknown>> };
}

function readTools(server: string): readonly Tool[] {
  const { tools } = JSON.parse(readFileSync(join(corpus, `${server}.json`), 'utf8')) as {
    readonly tools: readonly Tool[];
  };
  return tools;
}

/** Operation id → the text that Redoc drew for it; on a page of the site, once that is in place of the page's own HTML. */
async function readDrawn(page: Page, kind: 'live' | 'site'): Promise<ReadonlyMap<string, string>> {
  if (kind === 'site') await page.locator('body.with-redoc').waitFor();
  const sections = page.locator('.api-content [data-section-id*="operation/"]');
  await sections.first().waitFor();
  const drawn = await sections.evaluateAll((all) =>
    // The declarations of the browser are not those of these tests.
    (all as unknown as ReadonlyArray<{ id: string; textContent: string }>).map(
      ({ id, textContent }) => [id.replace(/^.*operation\//, ''), textContent] as const,
    ),
  );
  expect(new Set(drawn.map(([id]) => id)).size).toBe(drawn.length);
  return new Map(drawn);
}

/** Files have no origin of which a blob of theirs could be. */
function onlyReal(faults: readonly string[]): readonly string[] {
  return faults.filter((fault) => !/off origin: blob:(?:null|file)/.test(fault));
}
