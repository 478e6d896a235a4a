import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** A certificate and its private key, found to fit. */
export interface Certificate {
  /** PEM: the server's own certificate first, then those that lead to its issuer. */
  readonly cert: string;
  readonly key: string;
  readonly subject: string;
  /** SHA-256 of the certificate, as hex pairs. */
  readonly fingerprint: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** What two PEM texts are. */
type CertificateOutcome =
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  /** `detail` completes a sentence that begins with the name of the file at fault. */
  | { readonly kind: 'fault'; readonly at: 'cert' | 'key'; readonly detail: string };

/** Reads a certificate chain (RFC 7468 section 5) and the private key of its first certificate. */
export function parseCertificate(cert: string, key: string): CertificateOutcome {
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) {
    const isKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(cert);
    const detail = isKey ? 'holds a private key and no certificate' : 'holds no certificate in PEM format';
    return { kind: 'fault', at: 'cert', detail };
  }
  const leaf = attempt(() => new X509Certificate(cert));
  if (leaf === undefined) {
    return { kind: 'fault', at: 'cert', detail: 'holds a certificate that cannot be read; is it complete?' };
  }
  const keyFault = findKeyFault(key);
  if (keyFault !== undefined) return { kind: 'fault', at: 'key', detail: keyFault };
  const privateKey = attempt(() => createPrivateKey(key));
  if (privateKey === undefined) {
    return { kind: 'fault', at: 'key', detail: 'holds a private key that cannot be read; is it complete?' };
  }
  return join(cert, key, leaf, privateKey);
}

/** Says what a person should know of a certificate that is served all the same. */
export function findDateWarning({ validFrom, validTo }: Certificate, now: Date): string | undefined {
  if (validTo < now) return `the certificate expired on ${validTo.toISOString()}; clients will refuse it`;
  if (validFrom > now) {
    return `the certificate is valid only from ${validFrom.toISOString()} on; clients will refuse it`;
  }
  return undefined;
}

function findKeyFault(key: string): string | undefined {
  // PKCS #8 (RFC 5958 section 3) says it in its label, the older forms in a header (RFC 1421 section 4.6.1.1).
  if (key.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') || /^Proc-Type: 4,ENCRYPTED/m.test(key)) {
    return 'holds an encrypted private key, and a passphrase cannot be given; decrypt it with openssl pkey';
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) return undefined;
  if (key.includes('-----BEGIN CERTIFICATE-----')) return 'holds a certificate and no private key';
  return 'holds no private key in PEM format';
}

function join(cert: string, key: string, leaf: X509Certificate, privateKey: KeyObject): CertificateOutcome {
  if (!leaf.checkPrivateKey(privateKey)) {
    const others = cert.split('-----BEGIN CERTIFICATE-----').length > 2;
    const hint = others ? '; the certificate of the server comes first in its file' : '';
    return { kind: 'fault', at: 'key', detail: `holds a private key of another certificate${hint}` };
  }
  try {
    // What TLS itself asks for: keys of a length that is still safe, a chain that can be read to its end.
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'fault', at: 'cert', detail: `holds a certificate that TLS cannot use: ${reason}` };
  }
  const certificate = {
    cert,
    key,
    subject: leaf.subject,
    fingerprint: leaf.fingerprint256,
    validFrom: new Date(leaf.validFrom),
    validTo: new Date(leaf.validTo),
  };
  return { kind: 'certificate', certificate };
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
