import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import swaggerParser from '@apidevtools/swagger-parser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/json/value.ts';
import { chromiumPath, launchBrowser, openPage } from '../fixtures/browser.ts';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli/serve.js', import.meta.url));

beforeEach(({ skip }) => skip(!isBuilt, 'not built: npm run build'));

describe.each([
  { name: 'as it is', flags: [] },
  { name: 'in 3.0', flags: ['--openapi-version', '3.0'] },
  { name: 'without references', flags: ['--inline-refs'] },
  { name: 'in 3.0 without references', flags: ['--openapi-version', '3.0', '--inline-refs'] },
])('MAP-116: the document $name', ({ flags }) => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    if (isBuilt) gateway = await startGateway(undefined, { flags });
  });
  afterAll(async () => await gateway?.stop());

  test.each(['json', 'yaml'])('is printed as /openapi.%s serves it, byte for byte', async (format) => {
    const served = await (await fetch(`${gateway.url}/openapi.${format}`)).text();
    const printed = runServe([...flags, '--log-level', 'warn', '--print-openapi', format]);
    expect(printed).toEqual({ code: 0, stdout: served, stderr: '' });
  });

  test('is a valid document, and the pages read it', async ({ skip }) => {
    const document = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as JsonObject;
    expect(document['openapi']).toBe(flags.includes('3.0') ? '3.0.3' : '3.1.0');
    expect(JSON.stringify(document).includes('"$ref"')).toBe(!flags.includes('--inline-refs'));
    await swaggerParser.validate(structuredClone(document) as never);
    skip(chromiumPath === undefined, 'there is no Chromium');
    const browser = await launchBrowser();
    try {
      for (const [path, operation] of [
        ['docs', '#operations-default-get_current_time'],
        ['redoc', '[id="operation/get_current_time"]'],
      ] as const) {
        const { page, faults } = await openPage(browser, `${gateway.url}/${path}`);
        await page.locator(operation).first().waitFor({ state: 'attached' });
        expect(faults).toEqual([]);
      }
    } finally {
      await browser.close();
    }
  });

  test('MAP-115: is shown, while calls are judged by the canonical contract', async () => {
    const refused = await call(gateway, { timezone: 5 });
    expect(refused.status).toBe(422);
    expect((await call(gateway, { timezone: 'Asia/Tokyo' })).status).toBe(200);
  });
});

test('MAP-115: each form has an ETag of its own, which is its digest', async () => {
  const tags = new Set<string>();
  for (const flags of [[], ['--openapi-version', '3.0'], ['--inline-refs']]) {
    const gateway = await startGateway(undefined, { flags });
    const response = await fetch(`${gateway.url}/openapi.json`, {
      headers: { 'accept-encoding': 'identity' },
    });
    const { 'x-contract-digest': digest } = (await response.json()) as {
      readonly 'x-contract-digest': string;
    };
    expect(response.headers.get('etag')).toBe(`"${digest}"`);
    tags.add(response.headers.get('etag') ?? '');
    await gateway.stop();
  }
  expect(tags.size).toBe(3);
});

test('MAP-116: json is the default format, and variables work as for any option', () => {
  const printed = runServe(['--print-openapi']);
  expect(JSON.parse(printed.stdout)).toMatchObject({ openapi: '3.1.0' });
  const fromVariables = runServe([], { MCPO_PRINT_OPENAPI: 'yaml', MCPO_OPENAPI_VERSION: '3.0' });
  expect(parse(fromVariables.stdout)).toMatchObject({ openapi: '3.0.3' });
});

test('MAP-116: a reader that stops early does no harm', () => {
  // More than a pipe holds.
  const description = 'x'.repeat(100_000);
  const command = 'set -o pipefail; node "$CLI" --print-openapi yaml --description "$TEXT" | head -1';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    env: { ...process.env, CLI: cli, TEXT: description },
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'components:\n' });
  expect(stderr).not.toContain('EPIPE');
});

test.each([
  { flags: ['--print-openapi', 'xml'], exit: 2, says: 'json, yaml' },
  { flags: ['--print-openapi', '--openapi-version', '2.0'], exit: 2, says: '3.1, 3.0' },
  { flags: ['--print-openapi', '--', 'false'], exit: 1, says: 'false' },
])('MAP-116: $flags exits with $exit and prints nothing on stdout', ({ flags, exit, says }) => {
  const { code, stdout, stderr } = runServe(flags);
  expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
  expect(stderr).toContain(says);
});

async function call(gateway: GatewayProcess, body: object): Promise<Response> {
  return await fetch(`${gateway.url}/get_current_time`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
