import type { JsonObject } from '../json/value.ts';
import { replaceUnitReferences } from './schema/replace-unit-references.ts';
import { toSchemaObject, translateUnits } from './schema/translate-units.ts';
import { UnservableError } from './schema/unservable.ts';
import { toAssertionSchema } from './validation/assertion-schema.ts';
import { createAjv } from './validation/create-ajv.ts';
import { createPatternCompiler } from './validation/pattern.ts';
import { toSchemaCost } from './validation/schema-cost.ts';
import { createGuard, type Verdict } from './validation/validation-guard.ts';

/** A schema of any dialect, in the keywords of 2020-12 and ready to judge values. */
export interface ReadSchema {
  readonly kind: 'read';
  /** 2020-12; each `$ref` in it is a key of `definitions`. No schema in it is a boolean but `additionalProperties`. */
  readonly root: JsonObject;
  readonly definitions: ReadonlyMap<string, JsonObject>;
  /** The JSON Pointer into the source of a schema object in `root` or `definitions`; undefined where it has none. */
  readonly originOf: (schema: JsonObject) => string | undefined;
  /** The verdict on a parsed JSON value, whatever its type; undecided when it takes too long, or the validator fails. */
  readonly judge: (value: unknown) => Verdict;
  /** True when the text matches an ECMA-262 pattern as `pattern` reads it; throws a SyntaxError when it is none. */
  readonly matches: (pattern: string, text: string) => boolean;
}

/** A schema that nothing can be said about. */
export interface UnreadableSchema {
  readonly kind: 'unreadable';
  /** JSON Pointer into the source. */
  readonly pointer: string;
  /** What is wrong, and what its author can do. */
  readonly reason: string;
}

/**
 * Reads a schema for those who work with its keywords, where a contract only judges.
 *
 * Unlike a tool's schema it may describe any value. Formats are annotations. Never throws for what the source holds.
 *
 * @example
 * const schema = readSchema({ $schema: 'http://json-schema.org/draft-04/schema#', minimum: 1, exclusiveMinimum: true });
 * // { kind: 'read', root: { exclusiveMinimum: 1 }, … }
 */
export function readSchema(source: unknown): ReadSchema | UnreadableSchema {
  try {
    return read(toSchemaObject(source));
  } catch (error) {
    if (error instanceof UnservableError) {
      return { kind: 'unreadable', pointer: error.pointer, reason: error.message };
    }
    if (error instanceof RangeError) {
      return { kind: 'unreadable', pointer: '', reason: 'the schema is too deep to be read: flatten it' };
    }
    throw error;
  }
}

function read(source: JsonObject): ReadSchema {
  const { rootId, translated, origins } = translateUnits(source);
  const compilePattern = createPatternCompiler();
  const definitions = new Map([...translated].map(([id, { schema }]) => [id, schema] as const));
  const root = definitions.get(rootId) ?? {};
  let judge: ((value: unknown) => Verdict) | undefined;
  return {
    kind: 'read',
    root,
    definitions,
    originOf: (schema) => {
      const origin = origins.get(schema);
      return origin?.document === '' ? origin.pointer : undefined;
    },
    judge: (value) => {
      judge ??= compile(rootId, definitions, compilePattern);
      return judge(value);
    },
    matches: (pattern, text) => compilePattern(pattern).test(text),
  };
}

function compile(
  rootId: string,
  definitions: ReadonlyMap<string, JsonObject>,
  compilePattern: ReturnType<typeof createPatternCompiler>,
): (value: unknown) => Verdict {
  const names = new Map([...definitions.keys()].map((id, index) => [id, `d.${index}`] as const));
  const components = new Map(
    [...definitions].map(
      ([id, schema]) => [names.get(id) ?? '', replaceUnitReferences(schema, names)] as const,
    ),
  );
  const assertions = toAssertionSchema({ $ref: `#/components/schemas/${names.get(rootId)}` }, components);
  const options = { compilePattern, formats: 'annotate' } as const;
  const cost = toSchemaCost(assertions, options);
  const ajv = createAjv({ ...options, allErrors: cost.widestObject > 500 });
  // The code that keeps track of what was evaluated fails on some values, and is needed by few schemas.
  ajv.opts.unevaluated = /"unevaluated(?:Items|Properties)":/.test(JSON.stringify(assertions));
  const validate = ajv.compile(assertions);
  const guard = createGuard();
  return (value: unknown) => {
    try {
      return guard((each) => validate(each), value, cost);
    } catch (error) {
      if (error instanceof TypeError) return 'undecided';
      throw error;
    }
  };
}
