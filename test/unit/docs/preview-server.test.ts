import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startPreview } from '../../../src/docs/preview/preview-server.ts';

async function start() {
  const preview = await startPreview([{ path: 'index.html', content: '<!doctype html><p>the site' }], 0);
  onTestFinished(async () => await preview.close());
  const { port } = new URL(preview.url);
  return async (path: string, host = `127.0.0.1:${port}`) =>
    await new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers: { host } })
        .on('response', (response) => {
          text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
        })
        .on('error', reject)
        .end();
    });
}

test('the preview answers by no name that a page of somebody else could have', async () => {
  const get = await start();
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80'])
    expect([host, (await get('/', host)).status]).toEqual([host, 403]);
  expect((await get('/')).body).toContain('the site');
  expect((await get('/', 'localhost:1')).status).toBe(200);
});

test('the preview has the files of the site, whatever a path says', async () => {
  const get = await start();
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '//etc/passwd',
    '/index.html/../../package.json',
    '/__proto__',
  ])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect((await get('/%ff')).status).toBe(400);
});
