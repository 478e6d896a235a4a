import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import type { AuditSettings } from '../config/audit-settings.ts';

export type AuditFileSettings = Pick<AuditSettings, 'path' | 'maxSizeBytes' | 'maxAgeMs' | 'maxFiles'>;

/** How often it is looked whether the file is still the one at its path. */
const lookEveryMs = 1_000;
/** Nobody else reads what callers did. */
const mode = 0o600;

/** What of some lines reached the file. */
export interface Written {
  readonly lines: number;
  /** Why that is not all. */
  readonly error?: unknown;
}

/**
 * A file that lines are added to, moved away when it is too large or too old:
 *
 *     audit.log ─▶ audit.log.1 ─▶ … ─▶ audit.log.<maxFiles> ─▶ deleted
 *
 * Where somebody else moves or empties it (logrotate), the next lines go to a new one at its path. Written in appending
 * mode, and one thing at a time: callers await each method.
 */
export class AuditFile {
  readonly #settings: AuditFileSettings;
  readonly #now: () => number;
  #handle: FileHandle | undefined;
  #sizeBytes = 0;
  #bornAt = 0;
  #lookedAt = 0;
  #isRegular = true;
  /** The file ends within a line. */
  #isTorn = false;

  constructor(settings: AuditFileSettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#now = now;
  }

  /** For writing at once, when the process ends. */
  get fd(): number | undefined {
    return this.#handle?.fd;
  }

  /** @throws Error when it cannot be written to */
  async open(): Promise<void> {
    const { path } = this.#settings;
    const known = await stat(path).catch(() => undefined);
    // Opening a pipe would wait for its reader.
    if (known !== undefined && !known.isFile() && !known.isCharacterDevice())
      throw new Error('it is no file');
    this.#handle = await open(path, 'a', mode);
    const { size, birthtimeMs, mtimeMs } = await this.#handle.stat();
    this.#isRegular = known?.isFile() ?? true;
    this.#sizeBytes = size;
    // Some file systems do not know when a file was made.
    this.#bornAt = size === 0 ? this.#now() : birthtimeMs || mtimeMs;
    this.#lookedAt = this.#now();
  }

  /** Adds lines, each with its line break; never rejects. */
  async write(lines: string): Promise<Written> {
    const bytes = Buffer.from(lines);
    let at = 0;
    try {
      while (at < bytes.length) {
        const nextEnd = bytes.indexOf(lineBreak, at) + 1;
        await this.#makeReady(nextEnd - at);
        if (this.#isTorn) await this.#append(Buffer.from('\n'));
        this.#isTorn = false;
        // As many whole lines as there is room for, and always one.
        const lastBreak = bytes.lastIndexOf(lineBreak, at + this.#roomBytes - 1);
        const end = Math.max(nextEnd, lastBreak + 1);
        while (at < end) at += await this.#append(bytes.subarray(at, end));
      }
      return { lines: countLines(bytes) };
    } catch (error) {
      const written = bytes.subarray(0, at);
      this.#isTorn ||= written.length > 0 && written.at(-1) !== lineBreak;
      await this.#close();
      return { lines: countLines(written), error };
    }
  }

  async close(): Promise<void> {
    await this.#close();
  }

  get #roomBytes(): number {
    return this.#isRegular ? Math.max(0, this.#settings.maxSizeBytes - this.#sizeBytes) : Infinity;
  }

  async #append(bytes: Buffer): Promise<number> {
    if (this.#handle === undefined) throw new Error('it is not open');
    const { bytesWritten } = await this.#handle.write(bytes);
    this.#sizeBytes += bytesWritten;
    return bytesWritten;
  }

  async #makeReady(addedBytes: number): Promise<void> {
    if (this.#handle === undefined) await this.open();
    else if (this.#now() - this.#lookedAt >= lookEveryMs) await this.#look();
    if (!this.#isRegular || this.#sizeBytes === 0) return;
    const { maxSizeBytes, maxAgeMs = Infinity } = this.#settings;
    const isTooLarge = this.#sizeBytes + addedBytes > maxSizeBytes;
    if (isTooLarge || this.#now() - this.#bornAt > maxAgeMs) await this.#rotate();
  }

  /** Somebody may have moved the file, or emptied it. */
  async #look(): Promise<void> {
    this.#lookedAt = this.#now();
    const { path } = this.#settings;
    const [there, ours] = await Promise.all([stat(path).catch(() => undefined), this.#handle?.stat()]);
    if (there !== undefined && there.ino === ours?.ino && there.dev === ours.dev) {
      this.#sizeBytes = ours.size;
      return;
    }
    await this.#close();
    await this.open();
  }

  async #rotate(): Promise<void> {
    const { path, maxFiles } = this.#settings;
    await this.#close();
    await unlink(`${path}.${maxFiles}`).catch(passOverMissing);
    for (let index = maxFiles - 1; index > 0; index -= 1)
      await rename(`${path}.${index}`, `${path}.${index + 1}`).catch(passOverMissing);
    await rename(path, `${path}.1`).catch(passOverMissing);
    this.#isTorn = false;
    await this.open();
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    // What cannot be closed is not written to any more.
    await handle?.close().catch(() => undefined);
  }
}

const lineBreak = 0x0a;

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1)) count += 1;
  return count;
}

function passOverMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
