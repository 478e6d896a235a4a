import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { packageRoot } from '../../package.ts';
import { loadYaml } from '../load-yaml.ts';
import { preparedFile } from './prepared-file.ts';

/** The build writes the base as JSON: no start of a gateway has to read YAML. */
const builtBase = preparedFile('gateway.openapi.json');

/**
 * The hand-written base of every document: spec/gateway.openapi.yaml of this package, parsed anew.
 *
 * @throws Error when the package is incomplete
 */
export function readBaseDocument(): JsonObject {
  const parsed: unknown =
    builtBase === undefined
      ? loadYaml().parse(readFileSync(join(packageRoot, 'spec', 'gateway.openapi.yaml'), 'utf8'))
      : JSON.parse(readFileSync(builtBase, 'utf8'));
  if (!isJsonObject(parsed)) throw new Error('spec/gateway.openapi.yaml is not an object');
  return parsed;
}

/**
 * The object at a path of member names.
 *
 * @throws Error when there is none
 */
export function section(from: JsonObject, ...path: readonly string[]): JsonObject {
  let found = from;
  for (const name of path) {
    const next = found[name];
    if (!isJsonObject(next)) throw new Error(`the base document lacks ${path.join('.')}`);
    found = next;
  }
  return found;
}

/** The named members of an object, as far as it has them. */
export function pick(from: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}
