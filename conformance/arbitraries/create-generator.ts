import type * as fc from 'fast-check';
import { readSchema, type JsonValue, type ReadSchema } from '../../src/index.ts';
import { coverValue, createCoverage } from './covering/cover-value.ts';
import { createDraw } from './draw.ts';
import { toGoal, type Goal } from './goals/demand.ts';
import { createGoalSpace, type GoalSpace } from './goals/goal-space.ts';
import { createNegatives, type FaultySample, type SiteReport } from './negatives/create-negatives.ts';
import { createSchemaModel } from './schema/schema-model.ts';
import { SchemaArbitrary } from './schema-arbitrary.ts';
import { createGeneration, generateValue } from './values/generate-value.ts';

/** A value that the schema accepts, made for a reason. */
export interface Sample {
  readonly value: JsonValue;
  /** The JSON text that was judged. */
  readonly text: string;
  /** What is worth a try about it, such as `/limit is 100`. */
  readonly what: string;
}

/** How much was made in vain. */
export interface GeneratorStats {
  /** Values made, positive or negative. */
  made: number;
  /** Those among them that the validator did not judge as meant; they are never handed out. */
  discarded: number;
}

/** Makes values for one schema. */
export interface Generator {
  readonly kind: 'generator';
  /** Different valid samples, the same ones each time, what matters most first: examples, what is required, bounds… */
  readonly coverage: () => Iterable<Sample>;
  /** Valid values at random, which shrink; deterministic by fast-check's seed. */
  readonly valid: fc.Arbitrary<JsonValue>;
  /** The value of a seed, as {@link valid} makes it. */
  readonly generate: (seed: number) => JsonValue;
  /** Different invalid samples of one fault each: all faults once, then each `rounds` times (default 1). */
  readonly negatives: (rounds?: number) => Iterable<FaultySample>;
  /** The assertions of the schema, and which of them can be broken; takes as long as all negatives. */
  readonly sites: () => readonly SiteReport[];
  readonly judge: ReadSchema['judge'];
  readonly stats: Readonly<GeneratorStats>;
}

/** A schema that no values can be made for. */
export interface Untestable {
  readonly kind: 'untestable';
  readonly reason: string;
  /** True when the schema could be read, and no value was found for it. */
  readonly isUnsatisfied: boolean;
}

/** Options of {@link createGenerator}. */
export interface GeneratorOptions {
  /** Decides what coverage and negatives choose. @default 0 */
  readonly seed?: number;
  /** Makes up members that no schema names, where the schema allows them. @default true */
  readonly hasStrangers?: boolean;
  /** Values within one random sample, as a guide. @default 100 */
  readonly size?: number;
}

const maxTries = 8;
const maxCovered = 2_000;
/** Levels of containers beyond the necessary. */
const extraDepth = 4;

/**
 * Creates a generator of values for a JSON Schema of any dialect.
 *
 * Values are constructed to satisfy it, and then judged by the contract's own validator. Never throws for what the
 * schema holds.
 *
 * @example
 * const generator = createGenerator({ type: 'object', properties: { limit: { type: 'integer', minimum: 1 } } });
 * if (generator.kind === 'generator') for (const { text } of generator.coverage()) console.log(text); // {}, {"limit":1}, …
 */
export function createGenerator(source: unknown, options: GeneratorOptions = {}): Generator | Untestable {
  const schema = readSchema(source);
  if (schema.kind === 'unreadable')
    return {
      kind: 'untestable',
      reason: `${schema.pointer || 'the schema'}: ${schema.reason}`,
      isUnsatisfied: false,
    };
  const { seed = 0, hasStrangers = true, size = 100 } = options;
  try {
    const space = createGoalSpace(createSchemaModel(schema, seed));
    const goal = toGoal(space.model, [{ schema: schema.root, isMet: true }]);
    return assemble({ source, schema, space, goal, seed, hasStrangers, size });
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError)
      return { kind: 'untestable', reason: error.message, isUnsatisfied: false };
    throw error;
  }
}

interface Parts extends Required<GeneratorOptions> {
  readonly source: unknown;
  readonly schema: ReadSchema;
  readonly space: GoalSpace;
  readonly goal: Goal;
}

function assemble({ source, schema, space, goal, seed, hasStrangers, size }: Parts): Generator | Untestable {
  const height = space.heightOf(goal);
  if (height === undefined)
    return {
      kind: 'untestable',
      reason: 'no value was found that satisfies the schema',
      isUnsatisfied: true,
    };
  const stats: GeneratorStats = { made: 0, discarded: 0 };
  const isValid = (value: JsonValue): boolean => schema.judge(value) === 'valid';
  const fallback = findAny();
  if (fallback === undefined)
    return {
      kind: 'untestable',
      reason: 'no value was found that satisfies the schema',
      isUnsatisfied: true,
    };
  const onDiscard = (): void => {
    stats.made += 1;
    stats.discarded += 1;
  };
  const negatives = createNegatives({ source, schema, space, seed, onDiscard });
  return {
    kind: 'generator',
    coverage,
    valid: new SchemaArbitrary({ generate, isValid }),
    generate,
    negatives: function* (rounds = 1) {
      for (const sample of negatives.samples(rounds)) {
        stats.made += 1;
        yield sample;
      }
    },
    sites: negatives.listSites,
    judge: schema.judge,
    stats,
  };

  function* coverage(): Iterable<Sample> {
    const seen = new Set<string>();
    for (const { value, what } of coverValue(createCoverage(space, hasStrangers), goal, '')) {
      const text = JSON.stringify(value);
      if (seen.has(text)) continue;
      seen.add(text);
      const parsed = check(value);
      if (parsed !== undefined) yield { value: parsed, text, what };
      if (seen.size >= maxCovered) return;
    }
  }

  function generate(from: number): JsonValue {
    return attempt(from) ?? fallback ?? null;
  }

  function attempt(from: number): JsonValue | undefined {
    const draw = createDraw(from);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const generation = createGeneration({ space, draw, fuel: { left: size }, hasStrangers });
      const value = generateValue(generation, goal, (height ?? 0) + extraDepth);
      const parsed = value === undefined ? undefined : check(value);
      if (parsed !== undefined) return parsed;
    }
    return undefined;
  }

  function findAny(): JsonValue | undefined {
    for (const { value } of coverage()) return value;
    return attempt(seed);
  }

  /** The value as it comes out of its JSON text, if it is right. */
  function check(value: JsonValue): JsonValue | undefined {
    stats.made += 1;
    const parsed = JSON.parse(JSON.stringify(value)) as JsonValue;
    if (isValid(parsed)) return parsed;
    stats.discarded += 1;
    return undefined;
  }
}
