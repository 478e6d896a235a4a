import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../src/config/config-file/read-config-file.ts';
import { digestFile, watchFile, type FileDigests } from '../../../src/config/watch-file.ts';
import { ConfigError } from '../../../src/errors.ts';

let folder = '';
let end = new AbortController();
let watching: Promise<void> | undefined;
/** What was in the file at each change that was told. */
let told: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcpo-watch-'));
  end = new AbortController();
  told = [];
});

afterEach(async () => {
  end.abort();
  await watching;
  watching = undefined;
  rmSync(folder, { recursive: true });
});

const options = { timeout: 10_000, interval: 5 };
const intervalMs = 10;

function watch(files: string | readonly string[] | FileDigests, path: string): void {
  watching = watchFile(files, () => void told.push(readFileSync(path, 'utf8')), {
    signal: end.signal,
    intervalMs,
  });
}

describe('a change is told once, whichever way it is made (CONF-21)', () => {
  const changes: Record<string, (path: string) => void> = {
    'written in place': (path) => writeFileSync(path, 'new'),
    'emptied, then written': (path) => {
      writeFileSync(path, '');
      appendFileSync(path, 'n');
      appendFileSync(path, 'ew');
    },
    'replaced by a rename': (path) => {
      writeFileSync(`${path}.tmp`, 'new');
      renameSync(`${path}.tmp`, path);
    },
    'kept as a backup and made again, as editors do': (path) => {
      renameSync(path, `${path}~`);
      writeFileSync(path, 'new');
      unlinkSync(`${path}~`);
    },
    'written with the same size and times': (path) => {
      writeFileSync(path, 'old');
      utimesSync(path, 1, 1);
      writeFileSync(path, 'new');
      utimesSync(path, 1, 1);
    },
  };
  test.each(Object.entries(changes))('%s', async (_how, change) => {
    const path = join(folder, 'mcp.json');
    writeFileSync(path, 'old');
    watch(path, path);
    change(path);
    await expect.poll(() => told, options).toEqual(['new']);
    writeFileSync(path, 'last');
    await expect.poll(() => told, options).toEqual(['new', 'last']);
  });

  test('a symlink that leads elsewhere', async () => {
    const path = join(folder, 'mcp.json');
    writeFileSync(join(folder, 'a'), 'old');
    writeFileSync(join(folder, 'b'), 'new');
    symlinkSync('a', path);
    watch(path, path);
    symlinkSync('b', `${path}.tmp`);
    renameSync(`${path}.tmp`, path);
    await expect.poll(() => told, options).toEqual(['new']);
  });

  test('a ConfigMap of Kubernetes: the folder behind two symlinks is swapped', async () => {
    mkdirSync(join(folder, '..1'));
    writeFileSync(join(folder, '..1', 'mcp.json'), 'old');
    symlinkSync('..1', join(folder, '..data'));
    const path = join(folder, 'mcp.json');
    symlinkSync('..data/mcp.json', path);
    watch(path, path);
    mkdirSync(join(folder, '..2'));
    writeFileSync(join(folder, '..2', 'mcp.json'), 'new');
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    rmSync(join(folder, '..1'), { recursive: true });
    await expect.poll(() => told, options).toEqual(['new']);
  });
});

test('a touch, and the same content written anew, are no change (CONF-21)', async () => {
  const path = join(folder, 'mcp.json');
  writeFileSync(path, 'same');
  watch(path, path);
  const now = new Date();
  utimesSync(path, now, now);
  writeFileSync(`${path}.tmp`, 'same');
  renameSync(`${path}.tmp`, path);
  writeFileSync(path, 'other');
  await expect.poll(() => told, options).toEqual(['other']);
});

test('a file that is gone is waited for (CONF-21)', async () => {
  const path = join(folder, 'mcp.json');
  const marker = join(folder, 'marker');
  writeFileSync(path, 'old');
  writeFileSync(marker, '');
  watching = watchFile([path, marker], () => void told.push(readFileSync(marker, 'utf8')), {
    signal: end.signal,
    intervalMs,
  });
  writeFileSync(marker, '1');
  await expect.poll(() => told, options).toEqual(['1']);
  unlinkSync(path);
  // Seen while the file is gone.
  writeFileSync(marker, '2');
  await expect.poll(() => told, options).toEqual(['1', '2']);
  writeFileSync(path, 'old');
  writeFileSync(marker, '3');
  await expect.poll(() => told, options).toEqual(['1', '2', '3']);
  writeFileSync(path, 'new');
  await expect.poll(() => told, options).toEqual(['1', '2', '3', '3']);
});

test('what changed between reading and watching is told (CONF-21)', async () => {
  const path = join(folder, 'mcp.json');
  writeFileSync(path, '{"servers": {"a": {"command": "x", "args": ["${file:token}"]}}}');
  writeFileSync(join(folder, 'token'), 'old');
  const { files } = readConfigFile(path, { env: {} });
  writeFileSync(join(folder, 'token'), 'new');
  watch(files, join(folder, 'token'));
  await expect.poll(() => told, options).toEqual(['new']);
});

test('a change returns what is watched from then on, one at a time (CONF-21)', async () => {
  const path = join(folder, 'mcp.json');
  const write = (arg: string): void =>
    writeFileSync(path, `{"servers": {"a": {"command": "x", "args": ["${arg}"]}}}`);
  write('none');
  const { files } = readConfigFile(path, { env: {} });
  let running = 0;
  watching = watchFile(
    files,
    async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      const config = readConfigFile(path, { env: {} });
      const [server] = config.servers;
      told.push(server?.type === 'stdio' ? server.args.join() : '');
      return config.files;
    },
    { signal: end.signal, intervalMs },
  );
  writeFileSync(join(folder, 'token'), 'one');
  write('${file:token}');
  await expect.poll(() => told, options).toEqual(['one']);
  writeFileSync(join(folder, 'token'), 'two');
  await expect.poll(() => told, options).toEqual(['one', 'two']);
});

test('a file that a configuration lacks is told when it comes (CONF-21)', async () => {
  const path = join(folder, 'token');
  watch(new Map([[path, '']]), path);
  writeFileSync(path, 'here');
  await expect.poll(() => told, options).toEqual(['here']);
});

test('a file that is gone is told once, and again when it was there in between; nothing else is (CONF-21)', async () => {
  const path = join(folder, 'mcp.json');
  writeFileSync(path, 'a');
  const gone: string[] = [];
  const files = new Map([
    [path, digestFile(path)],
    [join(folder, 'never'), ''],
  ]);
  watching = watchFile(files, () => void told.push('changed'), {
    signal: end.signal,
    intervalMs,
    onGone: (name) => gone.push(name),
  });
  unlinkSync(path);
  await expect.poll(() => gone, options).toEqual([path]);
  expect(told).toEqual([]);
  writeFileSync(path, 'b');
  await expect.poll(() => told, options).toEqual(['changed']);
  unlinkSync(path);
  await expect.poll(() => gone, options).toEqual([path, path]);
  expect(told).toEqual(['changed']);
});

test('a file that is too large for a configuration is told when it changes, and not before (CONF-21)', async () => {
  const path = join(folder, 'mcp.json');
  writeFileSync(path, '{"servers": {"a": {"command": "x", "args": ["${file:big}", "${file:bigger}"]}}}');
  writeFileSync(join(folder, 'big'), Buffer.alloc(5 * 1024 * 1024));
  writeFileSync(join(folder, 'bigger'), Buffer.alloc(17 * 1024 * 1024));
  const readFiles = (): FileDigests => {
    try {
      return readConfigFile(path, { env: {} }).files;
    } catch (error) {
      if (error instanceof ConfigError) return error.files;
      throw error;
    }
  };
  watching = watchFile(readFiles(), () => (told.push(readFileSync(path, 'utf8')), readFiles()), {
    signal: end.signal,
    intervalMs,
  });
  writeFileSync(path, 'new');
  await expect.poll(() => told, options).toEqual(['new']);
  writeFileSync(path, 'last');
  await expect.poll(() => told, options).toEqual(['new', 'last']);
});

test('the signal ends it, and what onChange throws comes out (CONF-21)', async () => {
  const path = join(folder, 'mcp.json');
  writeFileSync(path, 'a');
  await watchFile(path, () => undefined, { signal: AbortSignal.abort() });
  const failing = watchFile(
    new Map([[path, 'another digest']]),
    () => {
      throw new Error('no');
    },
    { signal: end.signal, intervalMs },
  );
  await expect(failing).rejects.toThrow('no');
});
