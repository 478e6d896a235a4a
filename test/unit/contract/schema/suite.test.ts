import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileTranslated, translated } from './oracle.ts';
import { findShapeFaults } from './shape-faults.ts';
import { toToolSchema } from './suite-wrapping.ts';
import known from '../../../fixtures/schema/suite-known.json' with { type: 'json' };
import { translateSchema } from '../../../../src/contract/schema/translate.ts';

const suite = join(import.meta.dirname, '../../../../../shared/json-schema-test-suite/tests');

interface Group {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly {
    readonly description: string;
    readonly data: unknown;
    readonly valid: boolean;
  }[];
}

interface Tally {
  agreed: number;
  readonly unserved: string[];
  readonly departures: string[];
}

const drafts = [
  ['draft4', 'http://json-schema.org/draft-04/schema#'],
  ['draft6', 'http://json-schema.org/draft-06/schema#'],
  ['draft7', 'http://json-schema.org/draft-07/schema#'],
  ['draft2019-09', 'https://json-schema.org/draft/2019-09/schema'],
  ['draft2020-12', 'https://json-schema.org/draft/2020-12/schema'],
] as const;

describe('the official suite, required tests', () => {
  for (const [draft, uri] of drafts) {
    const folder = join(suite, draft);
    // The suite lies beside the repository, and older drafts may be left out of it.
    const isAbsent = !existsSync(folder);
    test.skipIf(isAbsent)(
      `${draft}${isAbsent ? ` (skipped without ../shared/json-schema-test-suite/tests/${draft})` : ''}: every verdict is the suite’s (MAP-01)`,
      () => {
        const tally: Tally = { agreed: 0, unserved: [], departures: [] };
        for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
          const groups = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Group[];
          for (const group of groups) runGroup(`${draft}/${file}/${group.description}`, uri, group, tally);
        }
        const total = tally.agreed + tally.departures.length;
        process.stdout.write(
          `${draft}: ${tally.agreed} of ${total} verdicts, ${tally.unserved.length} groups need a network\n`,
        );
        expect.soft(tally.unserved.toSorted()).toEqual(ofDraft(known.unserved, draft));
        expect(tally.departures.toSorted()).toEqual(ofDraft(known.ajvDepartures, draft));
      },
    );
  }
});

function runGroup(name: string, uri: string, group: Group, tally: Tally): void {
  const translation = translateSchema(toToolSchema(group.schema, uri), { namePrefix: 'tool' });
  if (translation.kind === 'unservable') {
    const isRemote = /nothing is fetched|not a dialect/.test(translation.reason);
    tally.unserved.push(isRemote ? name : `${name}: ${translation.reason}`);
    return;
  }
  const result = translated(translation);
  // To add items would change what an unevaluatedItems sees.
  const isObserved = JSON.stringify(result.root).includes('unevaluatedItems') || result.components.size > 0;
  const faults = findShapeFaults(result).filter((fault) => !(isObserved && fault.endsWith('without items')));
  expect(faults).toEqual([]);
  const validate = compileTranslated(result);
  for (const { description, data, valid } of group.tests) {
    if (validate({ value: data }) === valid) tally.agreed += 1;
    else tally.departures.push(`${name}/${description}`);
  }
}

function ofDraft(entries: readonly { readonly name: string }[], draft: string): readonly string[] {
  return entries
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${draft}/`))
    .toSorted();
}
