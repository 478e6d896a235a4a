import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

const require = createRequire(import.meta.url);

/** The `yaml` package, loaded on first use: a gateway whose documents are read as JSON never needs it. */
export function loadYaml(): typeof Yaml {
  // `require` knows no types; this is the same package.
  return require('yaml') as typeof Yaml;
}
