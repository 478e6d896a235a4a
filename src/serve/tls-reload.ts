import type { Server } from 'node:http';
import { warnOfGone } from '../config/warn-of-gone.ts';
import { watchFile, type FileDigests } from '../config/watch-file.ts';
import { replaceCertificate } from '../http/tls/tls-server.ts';
import type { Logger } from '../logger.ts';
import { readCertificate, warnOfDates, type CertificateFiles } from './read-certificate.ts';

/** What following the files of a certificate needs. */
export interface CertificateFollowOptions {
  readonly logger: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Between two looks at the files. @default 500 */
  readonly intervalMs?: number;
}

const unusable = 'the new certificate cannot be used; the old one stays';

/**
 * Shows new connections what the files hold, whenever they change; open connections go on with what they have.
 * Files that are broken, or do not belong together, change nothing: what is wrong is logged, and the next change tried.
 *
 * @param known of the files when the server was made
 */
export async function followCertificate(
  server: Server,
  files: CertificateFiles,
  known: FileDigests,
  { logger, ...options }: CertificateFollowOptions,
): Promise<void> {
  const load = async (): Promise<FileDigests | undefined> => {
    const reading = await readCertificate(files);
    if (reading.kind === 'fault') {
      logger.warn({ reason: reading.message }, unusable);
      return undefined;
    }
    const { certificate, digests } = reading;
    try {
      replaceCertificate(server, certificate);
    } catch (error) {
      logger.warn({ err: error }, unusable);
      return undefined;
    }
    const { subject, fingerprint, validTo } = certificate;
    logger.info({ subject, fingerprint, validTo }, 'the certificate was loaded again');
    warnOfDates(files, certificate, logger);
    return digests;
  };
  await watchFile(known, load, { ...options, onGone: warnOfGone(logger) });
}
