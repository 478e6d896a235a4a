import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';

/** What real servers list; it lies beside the repository, where there is one. */
export const corpus: string = join(import.meta.dirname, '../../../../../shared/corpus');
/** Schemas that are easily said wrong in another form: an array of {@link Trap}. */
export const trapFile: string = join(import.meta.dirname, '../../../fixtures/schema/traps.json');

/** A schema, and values to judge by it. */
export interface Trap {
  readonly name: string;
  readonly schema: JsonObject;
  readonly values: readonly JsonValue[];
}
