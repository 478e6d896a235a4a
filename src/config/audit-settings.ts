/** What the audit log is, and how much it says. */
export interface AuditSettings {
  /** A regular file, or a device; made with mode 0600 when it is not there. */
  readonly path: string;
  /** What lines say of a call's arguments: their SHA-256, themselves with some values masked, or nothing. */
  readonly arguments: 'digest' | 'redacted' | 'none';
  /** With `redacted`: patterns of the names of members whose values are masked; `*` stands for any text. */
  readonly mask: readonly string[];
  /** A file that is to grow beyond is moved away. */
  readonly maxSizeBytes: number;
  /** Likewise for one that is older. @default however old */
  readonly maxAgeMs?: number;
  /** Files that were moved away and are kept; the oldest is deleted for a newer one. */
  readonly maxFiles: number;
}

/** The defaults of everything that has one. */
export const defaultAudit: Omit<AuditSettings, 'path' | 'maxAgeMs'> = {
  arguments: 'digest',
  mask: [
    '*password*',
    '*passwd*',
    '*passphrase*',
    '*secret*',
    '*token*',
    '*credential*',
    '*authorization*',
    '*cookie*',
    '*api*key*',
    '*private*key*',
    '*access*key*',
    'pin',
    'otp',
  ],
  maxSizeBytes: 100 * 1024 * 1024,
  maxFiles: 10,
};
