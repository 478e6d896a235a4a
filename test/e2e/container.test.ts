import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  buildImage,
  startContainer,
  whyNoContainers,
  type Container,
  type Image,
} from '../fixtures/container.ts';
import { callTool, send } from '../fixtures/http-client.ts';

const reason = whyNoContainers();
const note = reason === undefined ? '' : ` (skipped: ${reason})`;
const eventually = { timeout: 120_000, interval: 100 };

describe.skipIf(reason !== undefined)(`the image of the Dockerfile${note}`, () => {
  let image: Image;
  let volume: string;
  const containers: Container[] = [];

  beforeAll(async () => {
    image = await buildImage();
    volume = mkdtempSync(join(tmpdir(), 'mcpo-volume-'));
    const [user = 0, group = 0] = image.config.User.split(':').map(Number);
    chownSync(volume, user, group);
  }, 900_000);

  afterEach(() => {
    for (const container of containers.splice(0)) container.kill();
  });

  afterAll(async () => {
    await image?.remove();
    if (volume !== undefined) rmSync(volume, { recursive: true });
  }, 300_000);

  async function start(...words: readonly string[]): Promise<Container> {
    const container = await startContainer(image, words, { volume, env: { MCPO_API_KEY: 'key' } });
    containers.push(container);
    await vi.waitFor(async () => {
      const ready = await send(container.port, '/readyz', { method: 'GET' });
      expect([ready.json(), container.output]).toMatchObject([{ status: 'ready' }, expect.any(String)]);
    }, eventually);
    return container;
  }

  const headers = { authorization: 'Bearer key' };

  test('is small, not for root, and says how its health is asked', () => {
    const { config, addedBytes, bytes } = image;
    process.stdout.write(`image: ${bytes / 1e6} MB, of which ${addedBytes / 1e6} MB are not the base\n`);
    expect(addedBytes).toBeLessThan(200e6);
    expect(config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(config.Healthcheck.Test).toEqual(['CMD', 'node', '/app/healthcheck.mjs']);
    expect(Object.keys(config.Volumes)).toEqual(['/cache']);
    expect(config.Labels['org.opencontainers.image.title']).toBe('mcpo-toolkit');
    expect(config.Env.filter((variable) => /^(?:MCPO_PORT|PORT|MCPO_API_KEY)=/.test(variable))).toEqual([]);
  });

  test('answers on PORT with nothing to write on, reaps orphans, and ends with 0 at SIGTERM', async () => {
    const orphans = '(sleep 0.2 &); (sleep 0.3 &); exec mcpo-time-server';
    const container = await start('--', 'sh', '-c', orphans);
    const answer = await callTool(
      container.port,
      'get_current_time',
      { timezone: 'Asia/Tokyo' },
      { headers },
    );
    expect([answer.status, answer.json()]).toMatchObject([200, { timezone: 'Asia/Tokyo' }]);
    expect((await callTool(container.port, 'get_current_time')).status).toBe(401);
    expect(container.exec('touch', '/app/x')).not.toBe(0);
    for (const name of ['serve', 'verify', 'bench', 'docs'])
      expect([name, container.exec(`mcpo-${name}`, '--help')]).toEqual([name, 0]);
    expect(container.exec('sh', '-c', 'test -z "$(find / -xdev -type f -perm /6000 2>/dev/null)"')).toBe(0);
    expect(container.exec('touch', '/cache/x', '/tmp/x')).toBe(0);
    expect(container.exec('node', '/app/healthcheck.mjs')).toBe(0);
    expect(container.exec('node', '/app/healthcheck.mjs', '/readyz')).toBe(0);
    expect(container.exec('node', '/app/healthcheck.mjs', '/nothing')).toBe(1);
    expect(container.exec('env', 'PORT=1', 'node', '/app/healthcheck.mjs')).toBe(1);
    await vi.waitFor(() => {
      const processes = container.processes();
      expect(processes.filter(({ name, state }) => name === 'sleep' || state === 'Z')).toEqual([]);
      expect(processes.length).toBeGreaterThan(2);
    }, eventually);
    expect(await end(container)).toMatchObject({ code: 0 });
  });

  test('runs servers by npx and uvx, and keeps what they fetch in the volume', async () => {
    const servers = {
      memory: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory'] },
      time: { command: 'uvx', args: ['mcp-server-time', '--local-timezone', 'UTC'] },
    };
    writeFileSync(join(volume, 'servers.json'), JSON.stringify({ mcpServers: servers }));
    const container = await start('--config', '/cache/servers.json');
    const now = await callTool(container.port, 'time/get_current_time', { timezone: 'UTC' }, { headers });
    expect([now.status, now.json()]).toMatchObject([200, { timezone: 'UTC' }]);
    const graph = await callTool(container.port, 'memory/read_graph', {}, { headers });
    expect([graph.status, graph.json()]).toMatchObject([200, { entities: [] }]);
    expect(container.exec('ls', '/cache/.npm', '/cache/.cache/uv')).toBe(0);
    expect(await end(container)).toMatchObject({ code: 0 });
  }, 200_000);
});

async function end(container: Container): Promise<{ readonly code: number | null; readonly output: string }> {
  container.terminate();
  const code = await container.exited(20_000);
  return { code, output: container.output };
}
