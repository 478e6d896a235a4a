import { dirname, resolve } from 'node:path';
import type { AuthorizationRule } from '../../authorization/authorization-rule.ts';
import { ConfigError } from '../../errors.ts';
import type { JsonObject } from '../../json/value.ts';
import type { FileDigests } from '../watch-file.ts';
import { checkSchema, readSpecFile } from './check-schema.ts';
import { findDuplicateKeys, type Fault } from './config-node.ts';
import { FileSources } from './file-sources.ts';
import { parseJsonc } from './parse-jsonc.ts';
import { parseYaml } from './parse-yaml.ts';
import { readRules } from './read-rules.ts';
import { createLineIndex, toLines } from './text-lines.ts';

/** What a file of rules says. */
export interface RulesFile {
  readonly rules: readonly AuthorizationRule[];
  /** Absolute paths of the files that were read, itself and those that it names, with a digest of each. */
  readonly files: FileDigests;
}

/**
 * Reads a file that holds what `authorization` of a configuration does: YAML when it is called .yaml or .yml, else JSON
 * with comments.
 *
 * @param env where variables come from
 * @throws ConfigError with every mistake in it as `path:line:column: message`
 */
export function readRulesFile(path: string, env: Readonly<Record<string, string | undefined>>): RulesFile {
  const absolute = resolve(path);
  const files = new FileSources(dirname(absolute));
  const fail = (problems: readonly string[]): never => {
    throw new ConfigError(path, problems, files.digests);
  };
  const read = files.read(absolute);
  if ('reason' in read) return fail([`cannot read the rules '${path}' (${read.reason})`]);
  const lineColumnOf = createLineIndex(read.text);
  const failAt = (faults: readonly Fault[]): never => fail(toLines(path, faults, lineColumnOf));
  const { root, faults: syntaxFaults } = /\.ya?ml$/i.test(path)
    ? parseYaml(read.text)
    : parseJsonc(read.text);
  if (syntaxFaults.length > 0) return failAt(syntaxFaults);
  if (root === undefined)
    return failAt([{ offset: 0, message: `the file is empty; write it as in ${example}` }]);
  const faults: Fault[] = [
    ...findDuplicateKeys(root, (offset) => lineColumnOf(offset).line),
    ...checkSchema(root, rulesSchema()),
  ];
  const rules = readRules(root, {
    env,
    commonEnv: {},
    workspaceFolder: files.folder,
    files,
    publicUrl: undefined,
    callers: undefined,
    faults,
    warnings: undefined,
  });
  // What is no list is a fault.
  if (faults.length > 0 || rules === undefined) return failAt(faults);
  return { rules, files: files.digests };
}

const example = '[{"keys": ["alice"], "allow": ["time/*"]}]';

/** That of the key of the configuration. */
function rulesSchema(): JsonObject {
  const { $defs = {} } = readSpecFile('config.schema.json');
  return { $ref: '#/$defs/authorization', $defs };
}
