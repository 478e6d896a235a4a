import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, describe, test } from 'vitest';
import type { JsonObject } from '../../../../../src/json/value.ts';
import type { Tool } from '../../../../../src/tool.ts';
import { sampleValues } from '../../schema/samples.ts';
import { compareTools, expectSameVerdicts, expectValidDocument } from './downgraded-tools.ts';
import { listSchemas30 } from './openapi-30.ts';
import { corpus, trapFile, type Trap } from '../samples.ts';

// The corpus lies beside the repository.
describe.skipIf(!existsSync(corpus))('the tools of real servers (skipped without ../shared/corpus)', () => {
  for (const file of existsSync(corpus) ? readdirSync(corpus) : []) {
    const { tools } = JSON.parse(readFileSync(join(corpus, file), 'utf8')) as { tools: readonly Tool[] };
    test(`MAP-100: ${file} is valid OpenAPI 3.0.3 and judges alike`, async () => {
      const compared = compareTools(tools);
      expect(compared.document30['openapi']).toBe('3.0.3');
      await expectValidDocument(compared.document30);
      for (const tool of compared.tools) {
        const source = tools.find(({ name }) => name === tool.name);
        // Throws on what 3.0 does not know.
        expect([...listSchemas30(tool.body30)].length).toBeGreaterThan(0);
        const valid = expectSameVerdicts(tool, sampleValues((source?.inputSchema ?? {}) as JsonObject));
        expect({ tool: tool.name, hasValid: valid > 0 }).toEqual({ tool: tool.name, hasValid: true });
      }
    });
  }
});

describe('traps', () => {
  const traps = JSON.parse(readFileSync(trapFile, 'utf8')) as readonly Trap[];
  test.each(traps)('MAP-100: $name: never narrower, and wider only where reported', async (trap) => {
    const compared = compareTools([{ name: 'trap', inputSchema: trap.schema }]);
    await expectValidDocument(compared.document30);
    const [tool] = compared.tools;
    if (tool === undefined) throw new Error('the trap is not served');
    const valid = expectSameVerdicts(tool, [...sampleValues(trap.schema), ...trap.values]);
    expect(valid).toBeGreaterThan(0);
  });
});
