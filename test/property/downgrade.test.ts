import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareTools,
  expectSameVerdicts,
  expectValidDocument,
} from '../unit/contract/forms/downgrade/downgraded-tools.ts';
import { smallValues, toolSchemas } from '../unit/contract/forms/downgrade/random-schemas.ts';

test('MAP-100: whatever a schema says, 3.0 accepts what 3.1 accepts, and nothing more unless a loss says so', async () => {
  let runs = 0;
  const counts = { same: 0, wider: 0, valid: 0, invalid: 0 };
  await fc.assert(
    fc.asyncProperty(
      toolSchemas,
      fc.array(smallValues, { minLength: 20, maxLength: 20 }),
      async (schema, values) => {
        const { tools, document30 } = compareTools([{ name: 'tool', inputSchema: schema }]);
        const [tool] = tools;
        // In-place reference cycles are not served.
        if (tool === undefined) return;
        runs += 1;
        // Ten times as slow as all the rest.
        if (runs % 10 === 0) await expectValidDocument(document30);
        const bodies = values.map((value) => ({ value }));
        const valid = expectSameVerdicts(tool, bodies);
        counts.valid += valid;
        counts.invalid += bodies.length - valid;
        if (tool.wider.length === 0) counts.same += 1;
        else counts.wider += 1;
      },
    ),
    { numRuns: Number(process.env['DOWNGRADE_RUNS'] ?? 300) },
  );
  // The generators are worth something.
  expect(Object.values(counts).filter((count) => count < 20)).toEqual([]);
});
