import { writeSync } from 'node:fs';
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
