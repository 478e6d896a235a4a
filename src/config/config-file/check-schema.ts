import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../json/value.ts';
import { packageRoot } from '../../package.ts';
import { toValue, type ConfigNode, type Fault } from './config-node.ts';
import { describeViolation } from './describe-violation.ts';

/** Compares a configuration with its schema; every violation becomes a fault with its place. */
export function checkSchema(root: ConfigNode, schema: JsonObject): readonly Fault[] {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    // The schema is this package's own; a test compares it with its meta-schema, which takes longer than all the rest.
    validateSchema: false,
    meta: false,
    logger: false,
    // Used once: to write better code takes longer than to run it.
    code: { optimize: false },
  });
  const validate = ajv.compile(schema);
  if (validate(toValue(root))) return [];
  const errors = validate.errors ?? [];
  return errors.filter(isOwn).flatMap((error) => describeViolation(root, error));
}

/** Reads a schema of this package, which stands in spec/. */
export function readSpecFile(name: `${string}.schema.json`): JsonObject {
  const text = readFileSync(join(packageRoot, 'spec', name), 'utf8');
  return JSON.parse(text) as JsonObject; // a file of this package, which a test compiles
}

/**
 * What fails inside of an alternative is said by the alternative, what is wrong with a name by `propertyNames`;
 * neither of them holds a reference, which would start the path anew.
 */
function isOwn({ schemaPath, propertyName }: ErrorObject): boolean {
  return propertyName === undefined && !/\/(?:anyOf|oneOf)\/\d/.test(schemaPath);
}
