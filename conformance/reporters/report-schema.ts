import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/index.ts';

/** The JSON Schema of the json report, as text. */
export function readReportSchema(): string {
  return readFileSync(join(packageRoot, 'spec', 'verify-report.schema.json'), 'utf8');
}
