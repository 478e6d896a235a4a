import type { JsonObject, JsonValue } from '../../../src/index.ts';
import type { SchemaModel } from './schema-model.ts';

/** What the schemas that a value satisfied have looked at (2020-12 core, section 11). */
export interface Evaluated {
  readonly names: Set<string>;
  readonly items: Set<number>;
}

/** What the judges of arrays and objects need. */
export interface Judge {
  readonly model: SchemaModel;
  readonly judge: (schema: JsonObject, value: JsonValue, evaluated?: Evaluated) => boolean;
}
