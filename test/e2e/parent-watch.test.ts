import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';

/** As npm and npx run a command: in a shell, which tells its child nothing of its own end. */
async function startInShell(
  env: Readonly<Record<string, string>>,
): Promise<{ shell: number; gateway: number }> {
  const command = 'node dist/src/cli/serve.js --json --port 0; true';
  const { npm_command: _, ...rest } = process.env;
  const shell = spawn('sh', ['-c', command], {
    env: { ...rest, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: shell.stdout })) {
    const { pid } = JSON.parse(line) as { readonly pid: number };
    return { shell: Number(shell.pid), gateway: pid };
  }
  throw new Error('the gateway did not get ready');
}

test.skipIf(!isBuilt || process.platform === 'win32')(
  'a gateway that npm runs ends with the shell that it was started in (HTTP-18)',
  async () => {
    const { shell, gateway } = await startInShell({ npm_command: 'exec' });
    process.kill(shell, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(gateway)).toBe(false), { timeout: 15_000, interval: 50 });
  },
);

test.skipIf(!isBuilt || process.platform === 'win32')(
  'one that a script starts goes on when the script is over',
  async () => {
    const { shell, gateway } = await startInShell({});
    process.kill(shell, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(shell)).toBe(false));
    // Twice as long as the end of a parent may take to be noticed.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(isAlive(gateway)).toBe(true);
    process.kill(gateway, 'SIGTERM');
    await vi.waitFor(() => expect(isAlive(gateway)).toBe(false), { timeout: 15_000, interval: 50 });
  },
);
