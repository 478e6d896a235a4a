import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Settings } from '../config/settings.ts';
import type { FileDigests } from '../config/watch-file.ts';
import { UsageError } from '../errors.ts';
import { findDateWarning, parseCertificate, type Certificate } from '../http/tls/tls-certificate.ts';
import type { Logger } from '../logger.ts';

/** The files of a certificate and its key. */
export type CertificateFiles = NonNullable<Settings['tls']>;

/** What was found in them. */
export type CertificateReading =
  | LoadedCertificate
  /** `message` names the file, the option, and what is wrong. */
  | { readonly kind: 'fault'; readonly message: string };

/** A certificate, and what its files held. */
export interface LoadedCertificate {
  readonly kind: 'certificate';
  readonly certificate: Certificate;
  readonly digests: FileDigests;
}

/** Far more than any chain of certificates. */
const maxBytes = 1024 * 1024;

/** Reads the certificate that is configured, with a warning when clients will refuse it. @throws UsageError */
export async function readConfiguredCertificate(
  files: CertificateFiles,
  logger: Logger,
): Promise<LoadedCertificate> {
  const reading = await readCertificate(files);
  if (reading.kind === 'fault') throw new UsageError(reading.message);
  warnOfDates(files, reading.certificate, logger);
  return reading;
}

/** Reads both files, and finds out whether TLS can use them. */
export async function readCertificate(files: CertificateFiles): Promise<CertificateReading> {
  const [cert, key] = await Promise.all([readText(files.certPath), readText(files.keyPath)]);
  const fault = (at: 'cert' | 'key', detail: string): CertificateReading => {
    const [path, option] =
      at === 'cert' ? [files.certPath, '--ssl-certfile'] : [files.keyPath, '--ssl-keyfile'];
    return { kind: 'fault', message: `'${path}', given with ${option}, ${detail}` };
  };
  if (cert.kind === 'fault') return fault('cert', cert.detail);
  if (key.kind === 'fault') return fault('key', key.detail);
  const outcome = parseCertificate(cert.text, key.text);
  if (outcome.kind === 'fault') return fault(outcome.at, outcome.detail);
  const digests = new Map([
    [files.certPath, cert.digest],
    [files.keyPath, key.digest],
  ]);
  return { ...outcome, digests };
}

/** Logs when clients will refuse a certificate for its dates. */
export function warnOfDates({ certPath }: CertificateFiles, certificate: Certificate, logger: Logger): void {
  const warning = findDateWarning(certificate, new Date());
  if (warning !== undefined) logger.warn({ file: certPath }, warning);
}

type Text =
  | { readonly kind: 'text'; readonly text: string; readonly digest: string }
  | { readonly kind: 'fault'; readonly detail: string };

async function readText(path: string): Promise<Text> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return { kind: 'fault', detail: 'is not a regular file' };
    if (stats.size > maxBytes) return { kind: 'fault', detail: 'is too large for a PEM file' };
    const bytes = await readFile(path);
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { kind: 'text', text: bytes.toString('utf8'), digest };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { kind: 'fault', detail: `cannot be read (${reason})` };
  }
}
