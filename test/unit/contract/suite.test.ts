import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';
import known from '../../fixtures/schema/contract-known.json' with { type: 'json' };
import { toToolSchema } from './schema/suite-wrapping.ts';

const suite = join(import.meta.dirname, '../../../../shared/json-schema-test-suite/tests');

interface Group {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly {
    readonly description: string;
    readonly data: unknown;
    readonly valid: boolean;
  }[];
}

const drafts = [
  ['draft7', 'http://json-schema.org/draft-07/schema#'],
  ['draft2019-09', 'https://json-schema.org/draft/2019-09/schema'],
  ['draft2020-12', 'https://json-schema.org/draft/2020-12/schema'],
] as const;

describe('the official suite, required tests, through document, routing and validation (skipped without ../shared/json-schema-test-suite)', () => {
  // The suite lies beside the repository, where it is developed.
  test.skipIf(!existsSync(suite)).each(drafts)(
    '%s: every verdict is the suite’s, but for those that Ajv gets wrong (MAP-67)',
    (draft, uri) => {
      const groups = readGroups(draft);
      const tools = groups.map(({ schema }, index) => ({
        name: String(index),
        inputSchema: toToolSchema(schema, uri),
      }));
      const contract = compileContract(buildDocument({ sources: [{ server: '', tools }] }).document);
      let verdicts = 0;
      const departures: string[] = [];
      groups.forEach(({ name, tests }, index) => {
        const match = contract.match('POST', `/${index}`);
        // Not served: the group needs a network.
        if (match.kind !== 'operation') return;
        for (const { description, data, valid } of tests) {
          verdicts += 1;
          const isValid = contract.validateArguments(match.operation, { value: data }) === undefined;
          if (isValid !== valid) departures.push(`${name}/${description}`);
        }
      });
      process.stdout.write(`${draft}: ${verdicts - departures.length} of ${verdicts} verdicts\n`);
      const expected = known.departures
        .map(({ name }) => name)
        .filter((name) => name.startsWith(`${draft}/`));
      expect(departures.toSorted()).toEqual(expected.toSorted());
      expect(verdicts).toBeGreaterThan(500);
    },
  );
});

function readGroups(draft: string): readonly (Group & { readonly name: string })[] {
  const folder = join(suite, draft);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const groups = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Group[];
      return groups.map((group) => ({ ...group, name: `${draft}/${file}/${group.description}` }));
    });
}
