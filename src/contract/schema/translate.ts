import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { nameUnits } from './component-names.ts';
import { own } from './own-property.ts';
import { shapeUnits, type TranslatedSchema } from './shape-units.ts';
import { toSchemaObject, translateUnits, type TranslationWarning } from './translate-units.ts';
import { UnservableError } from './unservable.ts';

export type { TranslatedSchema, TranslationWarning };

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

/** Options of {@link translateSchema}. */
export interface TranslateOptions {
  /** Starts every component name; unique per tool and direction, in [A-Za-z0-9._-]. */
  readonly namePrefix: string;
}

/**
 * Translates a tool's inputSchema or outputSchema to 2020-12 as OpenAPI 3.1 holds it.
 *
 * Rules MAP-01 to MAP-39 of spec/mapping.md. The schema accepts exactly the objects that the source accepts.
 * Never throws for what the source holds.
 *
 * @example
 * translateSchema({ type: 'object', properties: { a: true } }, { namePrefix: 'echo' })
 * // { kind: 'translated', schema: { root: { type: 'object', properties: { a: {} } }, components: Map {} } }
 */
export function translateSchema(source: unknown, options: TranslateOptions): Translation {
  try {
    return translate(toSchemaObject(source), options);
  } catch (error) {
    if (error instanceof UnservableError) {
      return { kind: 'unservable', pointer: error.pointer, reason: error.message };
    }
    if (error instanceof RangeError) {
      // The call stack is the last bound, should the others not hold.
      return { kind: 'unservable', pointer: '', reason: 'the schema is too deep to be read: flatten it' };
    }
    throw error;
  }
}

function translate(source: JsonObject, options: TranslateOptions): Translation {
  const { units, rootId, translated, facts, warnings } = translateUnits(source);
  const names = nameUnits(units, rootId, options.namePrefix);
  const schema = shapeUnits({ rootId, translated, facts, names });
  const faults = isUnsatisfiable(schema.root)
    ? [{ pointer: '', message: 'no object satisfies the schema: every call will be refused' }]
    : [];
  const distinct = distinctWarnings([...warnings, ...faults]);
  return { kind: 'translated', schema, ...(distinct.length > 0 ? { warnings: distinct } : {}) };
}

/** A schema that is translated twice warns twice; in one order, whatever order the keys have. */
function distinctWarnings(warnings: readonly TranslationWarning[]): readonly TranslationWarning[] {
  const byText = new Map(warnings.map((warning) => [`${warning.pointer} ${warning.message}`, warning]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, warning]) => warning);
}

/** True where it can be seen at a glance; in general it cannot be decided. */
function isUnsatisfiable(root: JsonObject): boolean {
  const not = own(root, 'not');
  return own(root, 'type') !== 'object' || (isJsonObject(not) && Object.keys(not).length === 0);
}
