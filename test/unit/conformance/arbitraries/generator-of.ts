import {
  createGenerator,
  type Generator,
  type GeneratorOptions,
} from '../../../../conformance/arbitraries/create-generator.ts';

/** The generator of a schema that must have one. */
export function generatorOf(schema: unknown, options?: GeneratorOptions): Generator {
  const generator = createGenerator(schema, options);
  if (generator.kind === 'untestable') throw new Error(generator.reason);
  return generator;
}

/** Random values of a schema, as many as asked for. */
export function sampleOf(schema: unknown, count = 100): readonly unknown[] {
  const { generate } = generatorOf(schema);
  return Array.from({ length: count }, (_sample, seed) => generate(seed));
}

/** The values of the covering phase. */
export function coverageOf(schema: unknown): readonly unknown[] {
  return [...generatorOf(schema).coverage()].map(({ value }) => value);
}
