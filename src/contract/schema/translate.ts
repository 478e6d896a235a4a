import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

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
  | { readonly kind: 'unservable'; readonly pointer: string; readonly reason: string };

/** Options of {@link translateSchema}. */
export interface TranslateOptions {
  /** Starts every component name; unique per tool and direction, in [A-Za-z0-9._-]. */
  readonly namePrefix: string;
}

/** Translates a tool's inputSchema or outputSchema to 2020-12 as OpenAPI 3.1 holds it. */
export function translateSchema(source: unknown, options: TranslateOptions): Translation {
  if (source === undefined || source === true) source = {};
  if (!isJsonObject(source)) return { kind: 'unservable', pointer: '', reason: 'a schema must be an object' };
  const components = new Map<string, JsonObject>();
  const nameOf = (key: string): string => `${options.namePrefix}.${key.replace(/[^A-Za-z0-9_-]+/g, '_')}`;
  const visit = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map((item: JsonValue) => visit(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const match =
          key === '$ref' && typeof item === 'string' && /^#\/(?:\$defs|definitions)\/(.+)$/.exec(item);
        return [key, match ? `#/components/schemas/${nameOf(match[1] ?? '')}` : visit(item)];
      }),
    );
  };
  const { $defs, definitions, $schema: _, ...rest } = source;
  for (const defs of [$defs, definitions]) {
    if (!isJsonObject(defs)) continue;
    for (const [key, def] of Object.entries(defs)) {
      const schema = visit(def === true ? {} : def === false ? { not: {} } : def);
      if (isJsonObject(schema)) components.set(nameOf(key), schema);
    }
  }
  // The rest spread keeps the index signature's value type.
  const root = visit({ type: 'object', ...rest }) as JsonObject;
  return { kind: 'translated', schema: { root, components } };
}
