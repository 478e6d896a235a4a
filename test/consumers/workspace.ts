import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const home = join(import.meta.dirname, '../../node_modules/.cache/mcpo-consumers');
const wanted = readFileSync(join(import.meta.dirname, 'package-lock.json'), 'utf8');

/** Why the consumers cannot run, and what would help; undefined when they can. */
export const consumersAbsence: string | undefined = isInstalled()
  ? undefined
  : 'the consumers are not installed: `npm run consumers` installs them';

/** A folder in which the consumers' packages resolve. */
export interface Workspace {
  readonly folder: string;
  write(path: string, text: string): void;
  /** Runs an executable of the consumers. @returns its stdout @throws Error with what it said when it fails */
  run(executable: string, args: readonly string[]): Promise<string>;
  /** As {@link Workspace.run}, for those whose failure is an answer too. */
  attempt(executable: string, args: readonly string[]): Promise<Attempt>;
  remove(): void;
}

/** How a program ended, and what it said. */
export interface Attempt {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Outside the project, whose own packages and settings must not be found from there. */
export function createWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-consumers-'));
  symlinkSync(join(home, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const attempt = async (executable: string, args: readonly string[]): Promise<Attempt> =>
    await runProgram(join(folder, 'node_modules/.bin', executable), args, { cwd: folder });
  return {
    folder,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    attempt,
    async run(executable, args) {
      const { code, stdout, stderr } = await attempt(executable, args);
      if (code !== 0) throw new Error(`${executable} exited with ${code}:\n${stdout}\n${stderr}`);
      return stdout;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a program to its end, without a terminal and without asking the network what is new. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { cwd, input = '' }: { readonly cwd: string; readonly input?: string },
): Promise<Attempt> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_PROXY: '*' },
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
  // A program that ends without reading is judged by its exit code.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

function isInstalled(): boolean {
  const lock = join(home, 'package-lock.json');
  return existsSync(lock) && readFileSync(lock, 'utf8') === wanted;
}
