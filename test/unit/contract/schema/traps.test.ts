import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { translateSchema } from '../../../../src/contract/schema/translate.ts';
import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';
import { findDisagreements } from './comparison.ts';
import { translated } from './oracle.ts';
import { findShapeFaults } from './shape-faults.ts';

interface Trap {
  readonly name: string;
  readonly schema: JsonObject;
  readonly values: readonly JsonValue[];
}

const file = join(import.meta.dirname, '../../../fixtures/schema/traps.json');
const traps = JSON.parse(readFileSync(file, 'utf8')) as readonly Trap[];

describe('traps', () => {
  for (const { name, schema, values } of traps) {
    test(`${name}: judged as Ajv judges the source, in a shape that clients read`, () => {
      expect(findDisagreements(schema, values)).toEqual([]);
      const result = translated(translateSchema(schema, { namePrefix: 'tool' }));
      const isObserved = JSON.stringify(schema).includes('unevaluatedItems');
      expect(findShapeFaults(result).filter((fault) => !(isObserved && fault.endsWith('items')))).toEqual([]);
    });
  }
});
