import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

const options: Options = { strict: false, validateFormats: false, ownProperties: true, logger: false };
// One for each dialect: it compiles its meta-schema once.
const draft07 = new Ajv(options);
const draft2019 = new Ajv2019(options);
const draft2020 = new Ajv2020(options);

/** Ajv of the schema's own dialect, on the schema as its author wrote it. */
export function compileRaw(schema: object): ValidateFunction {
  const ajv = ajvFor('$schema' in schema ? String(schema.$schema) : '2020-12');
  const validate = ajv.compile(schema);
  // Fixtures share identifiers.
  ajv.removeSchema(schema);
  return validate;
}

function ajvFor(dialect: string): Ajv {
  if (dialect.includes('2019-09')) return draft2019;
  return dialect.includes('2020-12') ? draft2020 : draft07;
}
