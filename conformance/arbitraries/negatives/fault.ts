import type { JsonObject } from '../../../src/index.ts';

/** An assertion that can be broken. */
export interface Site {
  /** JSON Pointer to the schema that makes it, in the source. */
  readonly pointer: string;
  /** The keyword there, by the name it has in 2020-12; `false` for the schema that nothing satisfies. */
  readonly keyword: string;
}

/** A way to break one schema. */
export interface Breach {
  readonly keyword: string;
  /** Accepts what breaks the keyword, and keeps the rest. */
  readonly schema: JsonObject;
  /** What is wrong with such values. */
  readonly what: string;
  /** False when more than the one keyword is broken. */
  readonly isSingle: boolean;
  /** True when a lenient reader takes such values for right ones, as "5" for 5. */
  readonly isCoercible?: boolean;
}

/** A schema for values that break one site of the original, and nothing else if it is single. */
export interface Fault extends Omit<Breach, 'keyword'> {
  readonly site: Site;
}
