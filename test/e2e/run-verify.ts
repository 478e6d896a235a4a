import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** How the command ended. */
export interface EndedVerify {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mcpo-verify` as it was built. */
export function runVerify(
  words: readonly string[],
  { env = {}, cwd = '.' }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<EndedVerify> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [resolve('dist/conformance/cli.js'), ...words], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
}
