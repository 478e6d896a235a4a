import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inlineRefs } from '../../src/contract/forms/inline-refs.ts';
import type { Loss } from '../../src/contract/forms/loss-report.ts';
import { bodyOf, compareTools } from '../unit/contract/forms/downgrade/downgraded-tools.ts';
import { accepts31 } from '../unit/contract/forms/downgrade/json-schema-2020.ts';
import { accepts30 } from '../unit/contract/forms/downgrade/openapi-30.ts';
import { smallValues, toolSchemas } from '../unit/contract/forms/downgrade/random-schemas.ts';

test('MAP-112: without references, schemas accept what they accepted, and nothing more unless a cut is reported', () => {
  const counts = { same: 0, cut: 0 };
  fc.assert(
    fc.property(
      toolSchemas,
      fc.array(smallValues, { minLength: 20, maxLength: 20 }),
      fc.constantFrom(undefined, 300),
      (schema, values, maxSchemaBytes) => {
        const { document31, document30, tools } = compareTools([{ name: 'tool', inputSchema: schema }]);
        // In-place reference cycles are not served.
        if (tools.length === 0) return;
        for (const [source, accepts] of [
          [document31, accepts31],
          [document30, accepts30],
        ] as const) {
          const inlined = inlineRefs(source, maxSchemaBytes === undefined ? {} : { maxSchemaBytes });
          const losses = inlined['x-loss-report'] as unknown as readonly Loss[];
          const isCut = losses.some(({ keyword, effect }) => keyword === '$ref' && effect === 'wider');
          counts[isCut ? 'cut' : 'same'] += 1;
          for (const value of values.map((inner) => ({ value: inner }))) {
            const before = accepts(source, bodyOf(source, '/tool'), value);
            const after = accepts(inlined, bodyOf(inlined, '/tool'), value);
            expect({ value, after }).toEqual({ value, after: before || (isCut && after) });
          }
        }
      },
    ),
    { numRuns: Number(process.env['INLINE_RUNS'] ?? 300) },
  );
  // The generator is worth something.
  expect(Object.values(counts).filter((count) => count < 10)).toEqual([]);
});
