import { isJsonObject, type JsonObject, type JsonValue, type ReadSchema } from '../../../src/index.ts';

/** A schema as the generator works with it: 2020-12 objects, told apart by identity. */
export interface SchemaModel {
  readonly root: JsonObject;
  /** What a `$ref` stands for. */
  readonly resolve: (reference: string) => JsonObject;
  /** The same number for the same object. */
  readonly idOf: (schema: JsonObject) => number;
  readonly matches: (pattern: string, text: string) => boolean;
  /** For strings that are searched at random. */
  readonly seed: number;
}

/** The schema that everything satisfies. */
export const anySchema: JsonObject = {};
/** The schema that nothing satisfies. */
export const noSchema: JsonObject = { not: anySchema };

/** Creates the model of a schema that was read. */
export function createSchemaModel(schema: ReadSchema, seed: number): SchemaModel {
  const ids = new Map<JsonObject, number>();
  return {
    root: schema.root,
    resolve: (reference) => schema.definitions.get(reference) ?? anySchema,
    idOf: (each) => {
      const known = ids.get(each) ?? ids.size;
      if (known === ids.size) ids.set(each, known);
      return known;
    },
    matches: schema.matches,
    seed,
  };
}

/** A subschema, whatever way it is written. */
export function toSchema(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  return value === false ? noSchema : anySchema;
}
