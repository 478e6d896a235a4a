import type { JsonValue } from '../../json/value.ts';
import type { Atom } from './atoms.ts';
import type { Opaque } from './flatten.ts';
import type { Place } from './side.ts';

/** What a node demands, keyword by keyword, its schemas taken together. */
export interface View {
  /** The types that some admitted value may have. */
  readonly types: ReadonlySet<Atom>;
  /** The same, as far as it does not come from branches. */
  readonly ownTypes: ReadonlySet<Atom>;
  /** All values that the node may admit, when they can be listed; some of them may be refused by other keywords. */
  readonly values: readonly JsonValue[] | undefined;
  /** What every `enum` and `const` lists, as canonical texts; undefined without one. */
  readonly listed: ReadonlySet<string> | undefined;
  readonly numbers: NumberView;
  /** The same, with bounds as integers where only integers are admitted. */
  readonly tightNumbers: NumberView;
  readonly strings: StringView;
  readonly arrays: ArrayView;
  readonly objects: ObjectView;
  readonly anyOfs: readonly Alternatives[];
  readonly oneOfs: readonly Alternatives[];
  readonly nots: readonly Place[];
  readonly conditions: readonly Condition[];
  readonly opaque: readonly Opaque[];
}

/** One end of a range. */
export interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
}

/** JSON Schema validation 6.2. */
export interface NumberView {
  readonly lower: Bound;
  readonly upper: Bound;
  readonly multiples: readonly number[];
}

/** JSON Schema validation 6.3 and 7. */
export interface StringView {
  readonly min: number;
  readonly max: number;
  readonly patterns: ReadonlySet<string>;
  /** Empty unless formats are asserted. */
  readonly formats: ReadonlySet<string>;
}

/** `prefixItems` and `items` of one schema object: the latter starts where the former ends (core 10.3.1). */
export interface ItemsPart {
  readonly prefix: readonly Place[];
  readonly rest: Place | undefined;
}

/** `contains` with its counts (core 10.3.1.3, validation 6.4.4 and 6.4.5). */
export interface ContainsPart {
  readonly place: Place;
  readonly min: number;
  readonly max: number;
}

/** JSON Schema core 10.3.1, validation 6.4. */
export interface ArrayView {
  readonly min: number;
  /** Also the first index at which nothing is admitted. */
  readonly max: number;
  readonly isUnique: boolean;
  readonly parts: readonly ItemsPart[];
  readonly contains: readonly ContainsPart[];
}

/** A member of `patternProperties`. */
interface PatternPart {
  readonly pattern: string;
  readonly place: Place;
}

/** `properties`, `patternProperties` and `additionalProperties` of one schema object, which depend on each other. */
export interface PropertiesPart {
  readonly named: ReadonlyMap<string, Place>;
  readonly patterns: readonly PatternPart[];
  readonly rest: Place | undefined;
}

/** JSON Schema core 10.3.2 and 10.2.2.4, validation 6.5. */
export interface ObjectView {
  readonly min: number;
  readonly max: number;
  readonly required: ReadonlySet<string>;
  readonly parts: readonly PropertiesPart[];
  readonly names: readonly Place[];
  readonly dependentRequired: ReadonlyMap<string, ReadonlySet<string>>;
  readonly dependentSchemas: ReadonlyMap<string, readonly Place[]>;
}

/** The branches of an `anyOf` or a `oneOf`. */
export interface Alternatives {
  readonly keyword: 'anyOf' | 'oneOf';
  readonly branches: readonly Place[];
  /** The schema that holds them. */
  readonly holder: Place;
}

/** `if` with `then` and `else` (core 10.2.2). */
export interface Condition {
  readonly test: Place;
  readonly consequent: Place | undefined;
  readonly otherwise: Place | undefined;
}
