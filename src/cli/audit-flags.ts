import type { Command } from 'commander';
import { defaultAudit, type AuditSettings } from '../config/audit-settings.ts';
import { parseBytes, parseDuration } from '../config/parse-values.ts';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import type { AddOption } from './add-option.ts';
import { toArgParser } from './run-command.ts';

/** The values of the options of the audit log. */
export interface AuditFlags {
  readonly auditLog?: string;
  readonly auditArguments: AuditSettings['arguments'];
  readonly auditMask?: readonly string[];
  readonly auditMaxSize: number;
  readonly auditMaxAge?: number;
  readonly auditMaxFiles: number;
}

/** Adds the options of the audit log. */
export function addAuditFlags(add: AddOption): void {
  add('--audit-log <file>', 'add a JSON line for each call to this file');
  add('--audit-arguments <how>', 'what its lines say of arguments', (o) =>
    o.choices(['digest', 'redacted', 'none']).default(defaultAudit.arguments),
  );
  add('--audit-mask <names>', 'members to mask in them, with commas; * for any text', (o) =>
    o.argParser(toArgParser<readonly string[]>(parseMask)),
  );
  add('--audit-max-size <size>', 'move the file away before it is larger', (o) =>
    o.argParser(toArgParser<number>(parseFileSize)).default(defaultAudit.maxSizeBytes, '100MiB'),
  );
  add('--audit-max-age <time>', 'move it away when it is older (default: never)', (o) =>
    o.argParser(toArgParser<number>(parseDuration)),
  );
  add('--audit-max-files <count>', 'how many that were moved away are kept', (o) =>
    o.argParser(toArgParser<number>(parseFileCount)).default(defaultAudit.maxFiles),
  );
}

/** What they come to. @throws UsageError for one that would change nothing */
export function toAudit(
  flags: AuditFlags,
  command: Command,
  writtenName: (command: Command, attribute: string) => string,
): Pick<Settings, 'audit'> {
  const { auditLog: path, auditMask, auditMaxAge } = flags;
  if (path === undefined) {
    const idle = details.find((name) => !['default', undefined].includes(command.getOptionValueSource(name)));
    if (idle === undefined) return {};
    throw new UsageError(`${writtenName(command, idle)} is about an audit log; add --audit-log <file>`);
  }
  if (path === '') {
    const name = writtenName(command, 'auditLog');
    throw new UsageError(`${name} is empty; write the name of a file, or leave it out`);
  }
  if (auditMask !== undefined && flags.auditArguments !== 'redacted') {
    const name = writtenName(command, 'auditMask');
    throw new UsageError(`${name} masks what is not written; add --audit-arguments redacted`);
  }
  return {
    audit: {
      path,
      arguments: flags.auditArguments,
      mask: [...defaultAudit.mask, ...(auditMask ?? [])],
      maxSizeBytes: flags.auditMaxSize,
      ...(auditMaxAge !== undefined && { maxAgeMs: auditMaxAge }),
      maxFiles: flags.auditMaxFiles,
    },
  };
}

const details = ['auditArguments', 'auditMask', 'auditMaxSize', 'auditMaxAge', 'auditMaxFiles'];

function parseFileSize(text: string): number {
  const bytes = parseBytes(text);
  if (bytes >= minFileBytes) return bytes;
  throw new UsageError(
    `'${text}' is ${bytes} bytes, which a few lines fill; write ${minFileBytes / 1024}KiB or more, with a unit as in 10MiB`,
  );
}

/** A line has some hundred. */
const minFileBytes = 4 * 1024;

function parseFileCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= maxFiles) return count;
  throw new UsageError(`'${text}' is no number of files; write a whole number from 1 to ${maxFiles}`);
}

/** Each is renamed when a new one comes. */
const maxFiles = 1000;

function parseMask(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > 0) return names;
  throw new UsageError('there is no name; write some as in ssn,*_number');
}
