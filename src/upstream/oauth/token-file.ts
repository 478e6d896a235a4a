import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../../logger.ts';
import type { CredentialStore } from './credential-store.ts';
import { parseCredentials, type Credentials } from './credentials.ts';
import { withFileLock } from './file-lock.ts';

/** Far more than any authorization server hands out. */
const MAX_BYTES = 1024 * 1024;
const READABLE_BY_OTHERS = 0o077;

/** Keeps credentials in a file that only its owner can read; a reader never sees half of one. */
export function createTokenFile(path: string, logger: Logger): CredentialStore {
  const folder = dirname(path);
  /** What could not be written; the file would be behind. */
  let unwritten: Credentials | undefined;
  return {
    async load() {
      if (unwritten !== undefined) return unwritten;
      const text = await read(path, logger);
      if (text === undefined) return {};
      const credentials = parseCredentials(text);
      if (credentials === undefined) {
        logger.warn({ file: path }, 'the file with the saved tokens is broken; it is taken as absent');
      }
      return credentials ?? {};
    },
    async save(credentials) {
      try {
        await makeFolder(folder);
        await replace(path, `${JSON.stringify(credentials)}\n`);
        unwritten = undefined;
      } catch (error) {
        unwritten = credentials;
        const reason = codeOf(error);
        logger.warn({ file: path, reason }, 'tokens could not be saved; the next start will ask again');
      }
    },
    async exclusively(run) {
      const canWrite = await makeFolder(folder).then(
        () => true,
        () => false,
      );
      return canWrite ? await withFileLock(`${path}.lock`, run) : await run();
    },
  };
}

/** Undefined when there is nothing to trust. */
async function read(path: string, logger: Logger): Promise<string | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { uid, mode, size } = await file.stat();
    const self = process.getuid?.();
    if (self !== undefined && uid !== self) {
      logger.warn({ file: path }, 'the file with the saved tokens belongs to another user; it is not used');
      return undefined;
    }
    if (size > MAX_BYTES) {
      logger.warn({ file: path }, 'the file with the saved tokens is too large; it is not used');
      return undefined;
    }
    if (self !== undefined && (mode & READABLE_BY_OTHERS) !== 0) {
      await file.chmod(0o600);
      logger.warn({ file: path }, 'others could read the file with the saved tokens; now they cannot');
    }
    return await file.readFile('utf8');
  } catch (error) {
    const reason = codeOf(error);
    if (reason !== 'ENOENT') {
      logger.warn({ file: path, reason }, 'the file with the saved tokens cannot be read');
    }
    return undefined;
  } finally {
    await file?.close();
  }
}

async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  // One that was there keeps its mode, whatever that is.
  if (made === undefined && process.platform !== 'win32') await chmod(folder, 0o700);
}

async function replace(path: string, text: string): Promise<void> {
  const fresh = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** The code alone: messages of the file system repeat paths. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
