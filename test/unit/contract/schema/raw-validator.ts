import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

const options: Options = { strict: false, validateFormats: false, ownProperties: true, logger: false };

/** Ajv of the schema's own dialect, on the schema as its author wrote it. */
export function compileRaw(schema: object): ValidateFunction {
  const dialect = '$schema' in schema ? String(schema.$schema) : '2020-12';
  // A fresh instance each: fixtures share identifiers.
  if (dialect.includes('2019-09')) return new Ajv2019(options).compile(schema);
  if (dialect.includes('2020-12')) return new Ajv2020(options).compile(schema);
  return new Ajv(options).compile(schema);
}
