import type { JsonObject } from '../../json/value.ts';

/** A tool schema in OpenAPI 3.1's dialect (JSON Schema 2020-12), split into a body and its components. */
export interface TranslatedSchema {
  /** 2020-12 schema object; references only to '#/components/schemas/<name>'. */
  readonly root: JsonObject;
  /** Component name → schema. Every name is `${namePrefix}.${readable part}`, or namePrefix itself. */
  readonly components: ReadonlyMap<string, JsonObject>;
}

/** Something in the source that is served, but that its author should know of. */
export interface TranslationWarning {
  /** JSON Pointer into the source schema. */
  readonly pointer: string;
  readonly message: string;
}

/** What became of a schema. */
export type Translation =
  | {
      readonly kind: 'translated';
      readonly schema: TranslatedSchema;
      readonly warnings?: readonly TranslationWarning[];
    }
  | {
      readonly kind: 'unservable';
      /** JSON Pointer into the source schema. */
      readonly pointer: string;
      /** What is wrong, and what its author can do. */
      readonly reason: string;
    };
