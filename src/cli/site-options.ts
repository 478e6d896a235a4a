import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { readPrevious } from '../docs/changelog/read-previous.ts';
import type { SiteOptions } from '../docs/site/site.ts';
import { UsageError } from '../errors.ts';
import type { SiteFlags } from './docs-flags.ts';
import type { SiteSource } from './site-source.ts';

const maxLogoBytes = 2 * 1024 * 1024;

/**
 * Reads how the site is to look, with the files that it names.
 *
 * @throws UsageError that names the file that cannot be used
 */
export function toSiteOptions(flags: SiteFlags, source: SiteSource): SiteOptions {
  const { title, logo, color, baseUrl, footer, previous } = flags;
  const gatewayUrl = flags.gatewayUrl ?? (source.kind === 'url' ? gatewayOf(source.url) : undefined);
  return {
    ...(title !== undefined && { title }),
    ...(logo !== undefined && { logo: readLogo(logo) }),
    ...(color !== undefined && { colors: color }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(gatewayUrl !== undefined && { gatewayUrl }),
    ...(footer !== undefined && { footer }),
    ...(previous !== undefined && { previous: readPrevious(previous) }),
  };
}

function gatewayOf(url: string): string {
  return url.replace(/\/[^/]*\.(?:json|ya?ml)$/i, '');
}

function readLogo(path: string): { readonly fileName: string; readonly bytes: Uint8Array } {
  const fileName = basename(path);
  if (!/\.(?:svg|png|jpe?g|webp|gif)$/i.test(fileName)) {
    throw new UsageError(`'${path}' is no image for --logo; name an SVG, PNG, JPEG, WebP or GIF file`);
  }
  try {
    if (statSync(path).size > maxLogoBytes) {
      throw new UsageError(
        `'${path}' is larger than ${maxLogoBytes / 1024 / 1024} MiB; name a smaller --logo`,
      );
    }
    return { fileName, bytes: readFileSync(path) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException; // of node:fs
    throw new UsageError(`cannot read '${path}' (${code}); name an image with --logo`, { cause: error });
  }
}
