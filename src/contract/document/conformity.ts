import type { Ajv2020 } from 'ajv/dist/2020.js';
import { toAssertionSchema } from '../validation/assertion-schema.ts';
import { createAjv } from '../validation/create-ajv.ts';
import type { ExampleContext } from './example-arguments.ts';
import type { PatternCompiler } from '../validation/pattern.ts';
import { toSchemaCost } from '../validation/schema-cost.ts';
import { createGuard } from '../validation/validation-guard.ts';

/** Creates the check of examples: valid is what the contract takes, with `--formats assert` too. */
export function createConformity(compilePattern: PatternCompiler): ExampleContext['conforms'] {
  const guard = createGuard();
  const options = { allErrors: false, formats: 'assert', compilePattern } as const;
  let ajv: Ajv2020 | undefined;
  return (schema, components, value) => {
    ajv ??= createAjv(options);
    const assertions = toAssertionSchema(schema, components);
    const cost = toSchemaCost(assertions, options);
    try {
      return guard(ajv.compile(assertions), value, cost) === 'valid';
    } catch {
      return false; // too large for Ajv's code writer: the tool is served, without an example
    }
  };
}
