import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, spawnGateway, startGateway } from '../fixtures/gateway-process.ts';
import { freePort } from '../fixtures/free-port.ts';
import { tlsPath } from '../fixtures/tls.ts';

const script = fileURLToPath(new URL('../../deploy/container/healthcheck.mjs', import.meta.url));
const started: Array<{ stop(): Promise<void> }> = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(async (gateway) => await gateway.stop()));
});

/** Its exit code, in an environment of its own. */
async function check(env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [script, ...words], { env, stdio: 'ignore', timeout: 20_000 });
  const [code]: unknown[] = await once(child, 'close');
  return code;
}

describe.skipIf(!isBuilt)('the health check of the image', () => {
  test('finds the gateway where MCPO_PORT, else PORT, puts it', async () => {
    const PORT = String(await freePort());
    const gateway = spawnGateway(undefined, { env: { PORT, HOST: '127.0.0.1' }, flags: ['--json'] });
    started.push(gateway);
    expect(await gateway.firstLine(30_000)).toContain(`"url":"http://127.0.0.1:${PORT}"`);
    expect(await check({ PORT })).toBe(0);
    expect(await check({ PORT: '1', MCPO_PORT: PORT })).toBe(0);
    expect(await check({ PORT, MCPO_PORT: 'tcp://10.0.0.1:80' })).toBe(0);
    expect(await check({ PORT, MCPO_HOST: '0.0.0.0' }, '/readyz')).toBe(0);
    expect(await check({ PORT }, '/nothing')).toBe(1);
    await gateway.stop();
    await vi.waitFor(async () => expect(await check({ PORT })).toBe(1));
  });

  test('asks over HTTPS where the gateway has a certificate, whoever issued it', async () => {
    const certificate = tlsPath('first.cert.pem');
    const flags = ['--ssl-certfile', certificate, '--ssl-keyfile', tlsPath('first.key.pem')];
    const gateway = await startGateway(undefined, { flags });
    started.push(gateway);
    const MCPO_PORT = String(gateway.port);
    expect(await check({ MCPO_PORT, MCPO_SSL_CERTFILE: certificate })).toBe(0);
    expect(await check({ MCPO_PORT })).toBe(1);
  });
});
