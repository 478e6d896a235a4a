import * as fc from 'fast-check';
import type { JsonValue } from '../../src/index.ts';
import { shrinkValue } from './shrink-value.ts';

/** How values are made and judged. */
export interface ValueSource {
  /** A value for a seed, the same each time; it satisfies the schema. */
  readonly generate: (seed: number) => JsonValue;
  readonly isValid: (value: JsonValue) => boolean;
}

/**
 * The arbitrary of a schema's values.
 *
 * Made of one piece instead of fast-check's own arbitraries: whatever comes to hand can be shrunk, also what was not
 * generated here (an example, a negative sample), and a sample costs microseconds. Shrinking tries simpler JSON, and
 * keeps what the schema accepts.
 */
export class SchemaArbitrary extends fc.Arbitrary<JsonValue> {
  readonly #source: ValueSource;

  constructor(source: ValueSource) {
    super();
    this.#source = source;
  }

  override generate(random: fc.Random): fc.Value<JsonValue> {
    return new fc.Value(this.#source.generate(random.nextInt()), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is JsonValue {
    // Whatever is not JSON the schema does not accept either.
    return this.#source.isValid(value as JsonValue);
  }

  override shrink(value: JsonValue): fc.Stream<fc.Value<JsonValue>> {
    return new fc.Stream(this.#shrink(value));
  }

  *#shrink(value: JsonValue): IterableIterator<fc.Value<JsonValue>> {
    for (const simpler of shrinkValue(value)) {
      if (this.#source.isValid(simpler)) yield new fc.Value(simpler, undefined);
    }
  }
}
