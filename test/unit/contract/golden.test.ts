import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { canonicalize } from '../../../src/contract/canonicalize.ts';
import type { ToolSource } from '../../../src/contract/contract.ts';

const folder = join(import.meta.dirname, '../../../spec/golden');

test.each(readdirSync(folder))(
  'the golden document of %s is what its tools give, byte for byte (MAP-63)',
  (name) => {
    const listed = JSON.parse(readFileSync(join(folder, name, 'tools.json'), 'utf8')) as Omit<
      ToolSource,
      'server'
    >;
    const { document, unserved } = buildDocument({ sources: [{ server: '', ...listed }] });
    expect(unserved).toEqual([]);
    // `npm run golden` rewrites it; review the difference like code.
    expect(canonicalize(document).json).toBe(readFileSync(join(folder, name, 'openapi.json'), 'utf8'));
  },
);
