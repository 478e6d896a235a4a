import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { translateSchema } from '../../../../src/contract/schema/translate.ts';
import type { JsonObject } from '../../../../src/json/value.ts';
import { findDisagreements } from './comparison.ts';
import { findLostKeywords } from './kept-keywords.ts';
import { translated } from './oracle.ts';
import { findShapeFaults } from './shape-faults.ts';

const corpus = join(import.meta.dirname, '../../../../../shared/corpus');

interface Listing {
  readonly tools: readonly {
    readonly name: string;
    readonly inputSchema: JsonObject;
    readonly outputSchema?: JsonObject;
  }[];
}

// The corpus lies beside the repository.
describe.skipIf(!existsSync(corpus))('the tools of real servers (skipped without ../shared/corpus)', () => {
  const files = existsSync(corpus) ? readdirSync(corpus) : [];
  for (const file of files) {
    const { tools } = JSON.parse(readFileSync(join(corpus, file), 'utf8')) as Listing;
    test(`${file}: every keyword is kept, every verdict the same`, () => {
      const schemas = tools.flatMap(({ inputSchema, outputSchema }) => [inputSchema, outputSchema ?? {}]);
      for (const schema of schemas) {
        const result = translated(translateSchema(schema, { namePrefix: 'tool' }));
        expect(findLostKeywords(schema, result)).toEqual([]);
        expect(findShapeFaults(result)).toEqual([]);
        expect(findDisagreements(schema)).toEqual([]);
      }
    });
  }
});
