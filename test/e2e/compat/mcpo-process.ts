import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { send } from '../../fixtures/http-client.ts';

/** Without these versions the program of today does not start. */
const pins = ['mcp==1.26.0', 'fastapi==0.128.0', 'pydantic<2.13'].flatMap((pin) => ['--with', pin]);
const program = 'mcpo==0.0.20';

/** How mcpo can be run here, or why it cannot. */
export type Mcpo = { readonly words: readonly string[] } | { readonly reason: string };

/** A running mcpo. */
export interface McpoProcess {
  readonly port: number;
  stop(): Promise<void>;
}

/** Looks in what is installed first: a machine without a network must not wait for one. */
export function findMcpo(): Mcpo {
  if (spawnSync('uvx', ['--version'], { timeout: 5_000 }).status !== 0) return { reason: 'there is no uvx' };
  for (const [flags, timeout] of [
    [['--offline'], 20_000],
    [[], 120_000],
  ] as const) {
    const words = [...flags, ...pins, program];
    if (spawnSync('uvx', [...words, '--help'], { timeout }).status === 0) return { words };
  }
  return { reason: 'uvx could not fetch mcpo 0.0.20 within 120 s' };
}

/** Starts mcpo on a free port and waits until it answers. @throws Error when it does not within 30 s */
export async function startMcpo(
  { words }: Extract<Mcpo, { words: unknown }>,
  flags: readonly string[],
): Promise<McpoProcess> {
  const port = await findFreePort();
  const child = spawn('uvx', [...words, '--host', '127.0.0.1', '--port', String(port), ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a group of its own, with what it starts.
    detached: true,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr = (stderr + chunk).slice(-4_000)));
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-(child.pid ?? 0), signal);
    } catch {
      // All of them have ended.
    }
  };
  const killAtExit = (): void => end('SIGKILL');
  process.once('exit', killAtExit);
  const stop = async (): Promise<void> => {
    end('SIGTERM');
    const hurry = setTimeout(() => end('SIGKILL'), 3_000);
    await gone;
    clearTimeout(hurry);
    process.off('exit', killAtExit);
  };
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await send(port, '/openapi.json', { method: 'GET' }).catch(() => undefined);
    if (answer !== undefined) return { port, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`mcpo did not start: ${stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an AddressInfo.
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
