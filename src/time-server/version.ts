import { createRequire } from 'node:module';
import { isJsonObject } from '../json/value.ts';

/** The version of this package. Resolved by the package's own name: sources and build lie at different depths. */
export function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('mcpo-toolkit/package.json');
  return isJsonObject(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : '0.0.0';
}
