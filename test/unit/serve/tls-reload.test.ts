import { mkdtempSync, renameSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { readConfiguredCertificate, type CertificateFiles } from '../../../src/serve/read-certificate.ts';
import { followCertificate } from '../../../src/serve/tls-reload.ts';
import { createRecordingLogger, type RecordingLogger } from '../../fixtures/recording-logger.ts';
import { createTestGateway, echo } from '../../fixtures/test-gateway.ts';
import { certificates, readTlsFile, type TestCertificate } from '../../fixtures/tls.ts';

const eventually = { timeout: 5_000, interval: 10 };
let folder: string;
let files: CertificateFiles;
let ends: Array<() => Promise<void>> = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
  files = { certPath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem') };
  write(certificates.first);
});

afterEach(async () => {
  await Promise.all(ends.map(async (end) => await end()));
  ends = [];
  rmSync(folder, { recursive: true });
});

function write({ cert, key }: Partial<TestCertificate>): void {
  if (cert !== undefined) writeFileSync(files.certPath, cert);
  if (key !== undefined) writeFileSync(files.keyPath, key);
}

/** A gateway that follows the files; `shown` is the name in the certificate that a new connection gets. */
async function start(): Promise<{ readonly logger: RecordingLogger; readonly shown: () => Promise<string> }> {
  const logger = createRecordingLogger();
  const { certificate, digests } = await readConfiguredCertificate(files, logger);
  const { app } = await createTestGateway([echo], { certificate });
  await app.listen({ host: '127.0.0.1', port: 0 });
  // A TCP server that listens has an AddressInfo.
  const { port } = app.server.address() as AddressInfo;
  const ending = new AbortController();
  const following = followCertificate(app.server, files, digests, {
    logger,
    signal: ending.signal,
    intervalMs: 20,
  });
  ends.push(async () => {
    ending.abort();
    await following;
    await app.close();
  });
  return { logger, shown: async () => await commonNameAt(port) };
}

async function commonNameAt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

test('files that are written anew are shown to new connections (TLS-07)', async () => {
  const { logger, shown } = await start();
  expect(await shown()).toBe('first.test');
  write(certificates.second);
  await vi.waitFor(async () => expect(await shown()).toBe('second.test'), eventually);
  expect(logger.lines).toMatchObject([{ level: 'info', fields: { subject: 'CN=second.test' } }]);
  expect(JSON.stringify(logger.lines)).not.toContain('PRIVATE KEY');
});

test('so are files that a symlink leads to from now on, and ones that are renamed into place (TLS-07)', async () => {
  for (const name of ['first', 'second'] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'cert.pem'), certificates[name].cert);
    writeFileSync(join(folder, name, 'key.pem'), certificates[name].key);
  }
  symlinkSync('first', join(folder, 'now'));
  files = { certPath: join(folder, 'now', 'cert.pem'), keyPath: join(folder, 'now', 'key.pem') };
  const { shown } = await start();
  symlinkSync('second', join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'now'));
  await vi.waitFor(async () => expect(await shown()).toBe('second.test'), eventually);
  for (const [name, text] of Object.entries(certificates.first)) {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, 'second', `${name}.pem`));
  }
  await vi.waitFor(async () => expect(await shown()).toBe('first.test'), eventually);
});

test.each<[string, Partial<TestCertificate>]>([
  ['half a certificate', { cert: certificates.second.cert.slice(0, 300) }],
  ['a key of another certificate', { key: certificates.second.key }],
  ['an encrypted key', { key: readTlsFile('encrypted.key.pem') }],
  ['an empty file', { cert: '' }],
])('%s keeps the old one and says why, until the files are mended (TLS-08)', async (_what, broken) => {
  const { logger, shown } = await start();
  write(broken);
  await vi.waitFor(() => expect(logger.lines).toHaveLength(1), eventually);
  const [line] = logger.lines;
  expect(line).toMatchObject({
    level: 'warn',
    message: 'the new certificate cannot be used; the old one stays',
  });
  expect(JSON.stringify(line?.fields)).toMatch(
    /\/(?:cert|key)\.pem', given with --ssl-(?:cert|key)file, holds/,
  );
  expect(await shown()).toBe('first.test');
  write(certificates.second);
  await vi.waitFor(async () => expect(await shown()).toBe('second.test'), eventually);
});

test('an expired certificate is served, with a warning (TLS-09)', async () => {
  write({ cert: readTlsFile('expired.cert.pem') });
  const { logger, shown } = await start();
  expect(await shown()).toBe('expired.test');
  expect(logger.lines).toMatchObject([{ level: 'warn', fields: { file: files.certPath } }]);
});

test.each<[string, () => void, RegExp]>([
  [
    'a file that is missing',
    () => rmSync(files.keyPath),
    /key\.pem', given with --ssl-keyfile, cannot be read \(ENOENT\)$/,
  ],
  [
    'a folder',
    () => {
      rmSync(files.certPath);
      mkdirSync(files.certPath);
    },
    /cert\.pem', given with --ssl-certfile, is not a regular file$/,
  ],
  [
    'a huge file',
    () => write({ cert: certificates.first.cert.padEnd(2_000_000) }),
    /cert\.pem', given with --ssl-certfile, is too large for a PEM file$/,
  ],
  [
    'the key of another certificate',
    () => write({ key: certificates.second.key }),
    /key\.pem', given with --ssl-keyfile, holds a private key of another certificate$/,
  ],
])('%s is a mistake of whoever started the gateway (TLS-09)', async (_what, spoil, message) => {
  spoil();
  const reading = readConfiguredCertificate(files, createRecordingLogger());
  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow(message);
});
