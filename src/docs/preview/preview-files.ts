import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { SiteFile } from '../site/site.ts';
import { toPreviewPage } from './preview-page.ts';

/** A file as it is sent. */
export interface PreviewFile {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly type: string;
  /** Of a page: its own, and what the preview adds to it. */
  readonly policy?: string;
}

/** A site in memory, all of one build. */
export interface PreviewFiles {
  /** Tells whether two builds differ. */
  readonly version: string;
  /** By path, without a slash before it. */
  readonly files: ReadonlyMap<string, PreviewFile>;
}

/** Media types by the ending of a file, as a web server should send them. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.yaml': 'application/yaml; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Takes a whole build into memory; throws what the build throws. */
export function collectPreviewFiles(site: Iterable<SiteFile>): PreviewFiles {
  const contents = new Map<string, Uint8Array>();
  const digest = createHash('sha256');
  for (const { path, content } of site) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    contents.set(path, bytes);
    digest.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  const version = digest.digest('hex').slice(0, 16);
  return {
    version,
    files: new Map([...contents].map(([path, bytes]) => [path, toFile(path, bytes, version)])),
  };
}

function toFile(path: string, bytes: Uint8Array, version: string): PreviewFile {
  const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream';
  if (!path.endsWith('.html')) return { bytes, etag: toEtag(bytes), type };
  const { html, policy } = toPreviewPage(Buffer.from(bytes).toString('utf8'), version);
  const page = Buffer.from(html);
  return { bytes: page, etag: toEtag(page), type, ...(policy !== undefined && { policy }) };
}

function toEtag(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
}
