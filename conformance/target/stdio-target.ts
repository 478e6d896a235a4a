import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { childEnvironment } from '../../src/index.ts';
import { LineReader } from './line-reader.ts';
import type { ServerCommand } from './server-command.ts';
import { ServerProcess } from './server-process.ts';
import type { Channel, ChannelHandlers, Target } from './target.ts';

/** A server that is started as a child process. */
export interface StdioTargetOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to a small allow-list of our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default a temporary folder, so that a tool that writes does so where nothing is */
  readonly cwd?: string;
  /** For people. @default the command and its arguments */
  readonly name?: string;
  /** A longer line is cut, and is a finding. @default 67108864 */
  readonly maxLineBytes?: number;
}

/** Makes a target of a command: each connection is a process of its own (MCP basic/transports, stdio). */
export function createStdioTarget(options: StdioTargetOptions): Target {
  const { command, args = [], env = {}, cwd, maxLineBytes = 67_108_864 } = options;
  const words = [command, ...args];
  const folder = cwd ?? mkdtempSync(join(tmpdir(), 'mcpo-verify-'));
  // In a folder of its own, the server would not find the files that the caller named from here.
  const [program = '', ...rest] = cwd === undefined ? words.map(toAbsolute) : words;
  const environment = childEnvironment(process.env, env, process.platform);
  const server: ServerCommand = { command: program, args: rest, env: environment, cwd: folder };
  return {
    name: options.name ?? words.join(' '),
    endsWithInput: true,
    process: server,
    open: openChannel,
    dispose: async () => {
      if (cwd === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };

  function openChannel(handlers: ChannelHandlers): Channel {
    const openedAt = performance.now();
    const now = (): number => performance.now() - openedAt;
    const reader = new LineReader(maxLineBytes, (line) => handlers.onText({ ...line, atMs: now() }));
    const child = new ServerProcess(server, (chunk) => reader.push(chunk));
    // It never rejects, and the handlers do not throw.
    void forwardEnd();
    return {
      now,
      send: (text) => child.write(`${text}\n`),
      endInput: () => child.endInput(),
      close: (graceMs) => child.stop(graceMs),
    };

    async function forwardEnd(): Promise<void> {
      const ending = await child.ended();
      reader.end();
      handlers.onEnded(ending);
    }
  }
}

/** `./server.js`, `dist/server.js` and `..` mean what they mean to the caller; names of programs stay. */
function toAbsolute(word: string): string {
  const isRelativePath = /^\.{1,2}(?:[\\/]|$)/.test(word) && existsSync(word);
  if (isRelativePath || (/[\\/.]/.test(word) && isFile(word))) return resolve(word);
  return word;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
