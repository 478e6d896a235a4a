import { resolve } from 'node:path';
import { ConfigError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { checkSchema } from './check-schema.ts';
import { findDuplicateKeys, nodeAt, toValue, type Fault } from './config-node.ts';
import { FileSources } from './file-sources.ts';
import { parseJsonc } from './parse-jsonc.ts';
import { parseYaml } from './parse-yaml.ts';
import { createLineIndex, toLines } from './text-lines.ts';

/** What a file says that satisfies its schema. */
export interface CheckedFile {
  /** Objects in it have no prototype. */
  readonly value: unknown;
  /** Where a value stands, by its JSON Pointer (RFC 6901): `path:line:column`. */
  readonly placeOf: (pointer: string) => string;
}

/**
 * Reads a file that has a JSON Schema (2020-12): YAML when it is called .yaml or .yml, else JSON with comments.
 *
 * Written for schemas of settings: `pattern` needs an `errorMessage` beside it, choices are `anyOf` with an `enum`.
 *
 * @throws {ConfigError} with every mistake in it as `path:line:column: message`, and the key that was probably meant
 * @example readCheckedFile('settings.json', { properties: { seed: { type: 'integer' } } }).value // { seed: 7 }
 */
export function readCheckedFile(path: string, schema: JsonObject): CheckedFile {
  const files = new FileSources(resolve('.'));
  const fail = (problems: readonly string[]): never => {
    throw new ConfigError(path, problems, files.digests);
  };
  const read = files.read(path);
  if ('reason' in read) return fail([`cannot read '${path}' (${read.reason})`]);
  const lineColumnOf = createLineIndex(read.text);
  const failAt = (faults: readonly Fault[]): never => fail(toLines(path, faults, lineColumnOf));
  const { root, faults } = /\.ya?ml$/i.test(path) ? parseYaml(read.text) : parseJsonc(read.text);
  if (faults.length > 0) return failAt(faults);
  if (root === undefined)
    return failAt([{ offset: 0, message: `the file is empty; write ${leastOf(schema)} at least` }]);
  const wrong = [
    ...findDuplicateKeys(root, (offset) => lineColumnOf(offset).line),
    ...checkSchema(root, schema),
  ];
  if (wrong.length > 0) return failAt(wrong);
  return {
    value: toValue(root),
    placeOf: (pointer) => {
      const { line, column } = lineColumnOf(nodeAt(root, pointer).node.offset);
      return `${path}:${line}:${column}`;
    },
  };
}

/** What there has to be, as far as that may be empty. */
function leastOf({ required, properties }: JsonObject): string {
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const isList = (name: unknown): name is string => {
    const schema = isJsonObject(properties) ? properties[String(name)] : undefined;
    return isJsonObject(schema) && schema['type'] === 'array';
  };
  const lists = names.filter(isList).map((name) => `"${name}": []`);
  return `{${lists.join(', ')}}`;
}
