import { writeSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { AuditSettings } from '../config/audit-settings.ts';
import { UsageError } from '../errors.ts';
import type { RequestWatcher } from '../http/request-record.ts';
import type { Logger } from '../logger.ts';
import { AuditFile } from './audit-file.ts';
import { createAuditLine } from './audit-line.ts';
import { AuditQueue } from './audit-queue.ts';

/** A log of who did what, beside the log. */
export interface Audit {
  readonly watcher: RequestWatcher;
  /** Writes what is left, within `deadlineMs`; never rejects. */
  close(deadlineMs: number): Promise<void>;
}

/** Opens the audit log. @throws UsageError when it cannot be written to */
export async function createAudit(settings: AuditSettings, logger: Logger): Promise<Audit> {
  if (await isOther(settings.path))
    throw new UsageError(
      `--audit-log ${settings.path}: holds something else than an audit log; name another file, or move it away`,
    );
  const file = new AuditFile(settings);
  try {
    await file.open();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'name a file in a folder that is there and may be written to';
    throw new UsageError(`--audit-log ${settings.path}: ${reason}; ${advice}`, { cause: error });
  }
  const queue = new AuditQueue(file, logger);
  const flush = (): void => writeNow(file, queue);
  process.once('exit', flush);
  const toLine = createAuditLine(settings);
  return {
    watcher: {
      ended(record) {
        const line = toLine(record);
        if (line !== undefined) queue.add(line);
      },
      counters: [
        {
          name: 'mcpo_audit_lost_total',
          help: 'Lines that are missing in the audit log',
          count: () => queue.lost,
        },
      ],
    },
    close: async (deadlineMs) => {
      // A disk that takes nothing would not let the file be closed either.
      if (await queue.close(deadlineMs)) await file.close();
      process.off('exit', flush);
    },
  };
}

/** Lines would spoil a file that was named by mistake. Only what begins a line of ours is looked at. */
async function isOther(path: string): Promise<boolean> {
  const isFilled = await stat(path).then(
    (stats) => stats.isFile() && stats.size > 0,
    () => false,
  );
  const handle = isFilled ? await open(path, 'r').catch(() => undefined) : undefined;
  if (handle === undefined) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(lineStart.length), 0, lineStart.length, 0);
    return bytesRead > 0 && !lineStart.startsWith(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

const lineStart = '{"time":';

/** For a process that ends without having closed: it can wait for nothing any more. */
function writeNow(file: AuditFile, queue: AuditQueue): void {
  const { fd } = file;
  if (fd === undefined) return;
  try {
    writeSync(fd, queue.take());
  } catch {
    // There is no other place for them.
  }
}
