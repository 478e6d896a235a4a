import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { findDateWarning, parseCertificate } from '../../../../src/http/tls/tls-certificate.ts';
import { certificates, readTlsFile } from '../../../fixtures/tls.ts';
import { toCertificate } from '../listening-tls-gateway.ts';

const { first, second } = certificates;
const traditional = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'secret',
});

describe('a certificate and a key', () => {
  test('that belong together are taken, with those of the issuers behind (TLS-09)', () => {
    const outcome = parseCertificate(first.cert + second.cert, first.key);
    expect(outcome).toMatchObject({ kind: 'certificate', certificate: { subject: 'CN=first.test' } });
  });

  test.each([
    ['no certificate at all', 'hello', first.key, 'cert', 'no certificate in PEM format'],
    ['a key in place of the certificate', first.key, first.key, 'cert', 'a private key and no certificate'],
    ['half a certificate', first.cert.slice(0, 300), first.key, 'cert', 'is it complete?'],
    ['no key at all', first.cert, 'hello', 'key', 'no private key in PEM format'],
    ['a certificate in place of the key', first.cert, first.cert, 'key', 'a certificate and no private key'],
    ['half a key', first.cert, first.key.slice(0, 100), 'key', 'is it complete?'],
    ['the key of another certificate', first.cert, second.key, 'key', 'a private key of another certificate'],
    ['a chain in the wrong order', second.cert + first.cert, first.key, 'key', 'comes first in its file'],
    ['an encrypted key', first.cert, readTlsFile('encrypted.key.pem'), 'key', 'an encrypted private key'],
    ['an encrypted key of the older form', first.cert, traditional, 'key', 'an encrypted private key'],
    ['half a chain', first.cert + second.cert.slice(0, 300), first.key, 'cert', 'that TLS cannot use'],
  ])('with %s are not (TLS-09)', (_what, cert, key, at, detail) => {
    const outcome = parseCertificate(cert, String(key));
    expect(outcome).toMatchObject({ kind: 'fault', at, detail: expect.stringContaining(detail) as string });
    expect(JSON.stringify(outcome)).not.toContain(first.key.split('\n')[1]);
  });
});

test('dates that clients refuse are told, and served all the same (TLS-09)', () => {
  const expired = toCertificate({ cert: readTlsFile('expired.cert.pem'), key: first.key });
  expect(findDateWarning(expired, new Date('2026-01-01'))).toMatch(/^the certificate expired on 2021-01-01/);
  expect(findDateWarning(expired, new Date('2019-01-01'))).toContain('valid only from 2020-01-01');
  expect(findDateWarning(expired, new Date('2020-06-01'))).toBeUndefined();
});
