import { basename, dirname, resolve } from 'node:path';
import type { AuthorizationRule } from '../../authorization/authorization-rule.ts';
import { ConfigError } from '../../errors.ts';
import { resolveVariables, type AddedVariables, type ResolvedVariables } from '../env-file.ts';
import type { RateLimit } from '../../limits/rate-limit.ts';
import type { ServerSettings } from '../server-settings.ts';
import type { KnownCallers } from '../known-callers.ts';
import type { Settings } from '../settings.ts';
import type { FileDigests } from '../watch-file.ts';
import { checkSchema, readSpecFile } from './check-schema.ts';
import { findDuplicateKeys, memberOf, quote, type ConfigNode, type Fault } from './config-node.ts';
import { dropOddities } from './drop-oddities.ts';
import { fieldOf, type ReadContext } from './field-reader.ts';
import { FileSources } from './file-sources.ts';
import { parseJsonc } from './parse-jsonc.ts';
import { parseYaml } from './parse-yaml.ts';
import { readRules } from './read-rules.ts';
import { readRateLimit } from './read-rate-limit.ts';
import { readServer } from './read-server.ts';
import { createLineIndex, toLines } from './text-lines.ts';

/** What a configuration file says. */
export interface ConfigFile {
  /** Those that are not disabled, in the order of the file. */
  readonly servers: readonly ServerSettings[];
  /** Who may call what. @default whoever may call at all, everything */
  readonly authorization?: readonly AuthorizationRule[];
  /** For all calls, in place of the options'. */
  readonly rateLimit?: RateLimit;
  /** Absolute paths of the files that were read, itself and those that it names, with a digest of each. */
  readonly files: FileDigests;
  /** What is passed over, or has no effect, as `path:line:column: message` where it has a place. */
  readonly warnings: readonly string[];
}

export interface ConfigFileOptions {
  /** Where variables come from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For OAuth callbacks of servers that do not say theirs. @default none */
  readonly publicUrl?: string;
  /** What claims and names of keys need. @default that is not looked at */
  readonly callers?: KnownCallers;
  /** What `${VAR}` sees besides. @default nothing */
  readonly variables?: AddedVariables;
  /**
   * With `mcpo`, programs get those variables too, and what mcpo runs with is passed over with a warning.
   *
   * @default 'default'
   */
  readonly profile?: Settings['profile'];
  /** Why there cannot be rules in it, and what to do about that. @default there can be */
  readonly noRules?: string | undefined;
  /** Why there have to be rules in it, as a sentence. @default there need not be */
  readonly needsRules?: string | undefined;
  /** Why whoever reads it cannot serve these, one text each. @default there is no such reason */
  readonly refuse?: (servers: readonly ServerSettings[]) => readonly string[];
}

/**
 * Reads a configuration file: YAML when it is called .yaml or .yml, else JSON with comments.
 *
 * @throws ConfigError with every mistake in it as `path:line:column: message`
 * @example readConfigFile('mcp.json', { env: process.env }).servers // [{ type: 'stdio', name: 'time', … }]
 */
export function readConfigFile(path: string, options: ConfigFileOptions): ConfigFile {
  const absolute = resolve(path);
  const folder = dirname(absolute);
  const files = new FileSources(folder);
  const read = files.read(absolute);
  if ('reason' in read) {
    throw new ConfigError(path, [`cannot read the configuration '${path}' (${read.reason})`], files.digests);
  }
  const { text } = read;
  const lineColumnOf = createLineIndex(text);
  const { profile = 'default' } = options;
  const added = readVariables(files, options, profile);
  const fail = (faults: readonly Fault[]): never => {
    const problems = [...added.problems, ...toLines(path, faults, lineColumnOf)];
    throw new ConfigError(path, problems, files.digests);
  };
  const { root, faults: syntaxFaults } = /\.ya?ml$/i.test(path) ? parseYaml(text) : parseJsonc(text);
  if (syntaxFaults.length > 0) fail(syntaxFaults);
  if (root === undefined)
    return fail([{ offset: 0, message: `the file is empty; write it as in ${example}` }]);
  const schema = readSpecFile('config.schema.json');
  const lineOf = (offset: number): number => lineColumnOf(offset).line;
  const oddities: Fault[] = [];
  const faults: Fault[] = [];
  let tidy = root;
  if (profile === 'mcpo') {
    const dropped = dropOddities(root, schema, lineOf);
    oddities.push(...dropped.warnings);
    tidy = dropped.root;
  } else faults.push(...findDuplicateKeys(root, lineOf));
  faults.push(...checkSchema(tidy, schema));
  const context: ReadContext = {
    // Spread, the environment of Windows would lose that case does not matter in it.
    env: Object.keys(added.values).length === 0 ? options.env : { ...options.env, ...added.values },
    commonEnv: profile === 'mcpo' ? added.values : {},
    workspaceFolder: isEditorFolder(folder) ? dirname(folder) : folder,
    files,
    publicUrl: options.publicUrl,
    callers: options.callers,
    faults,
    warnings: profile === 'mcpo' ? oddities : undefined,
  };
  const rateLimit = readRateLimit(fieldOf(tidy, context, 'rateLimit'), context);
  const servers = readServers(tidy, context);
  const rules = memberOf(tidy, 'authorization');
  const authorization = readRules(rules?.value, context);
  if (rules !== undefined && options.noRules !== undefined)
    faults.push({ offset: rules.keyOffset, message: `'authorization' ${options.noRules}` });
  if (rules === undefined && options.needsRules !== undefined)
    faults.push({ offset: root.offset, message: options.needsRules });
  if (faults.length > 0 || added.problems.length > 0) fail(faults);
  const refused = options.refuse?.(servers) ?? [];
  if (refused.length > 0) {
    const problems = refused.map((reason) => `${path}: ${reason}`);
    throw new ConfigError(path, problems, files.digests);
  }
  const warnings = [
    ...added.warnings,
    ...toLines(path, oddities, lineColumnOf),
    ...(profile === 'mcpo' ? [] : toUnusedWarnings(path, text, Object.keys(added.values))),
  ];
  return Object.freeze({
    servers: Object.freeze(servers),
    ...(authorization !== undefined && { authorization }),
    ...(rateLimit !== undefined && { rateLimit }),
    files: files.digests,
    warnings,
  });
}

function readVariables(
  files: FileSources,
  { env, variables = { assignments: {} } }: ConfigFileOptions,
  profile: Settings['profile'],
): ResolvedVariables {
  // The path is of the command line: it is not relative to the folder of the configuration.
  return resolveVariables(variables, { env, profile, read: (name) => files.read(resolve(name)) });
}

/** What was given for a server, and reaches none, would be missed without a word. */
function toUnusedWarnings(path: string, text: string, names: readonly string[]): readonly string[] {
  const isNamed = (name: string): boolean =>
    ['${', '${env:'].some((start) => ['}', ':-'].some((end) => text.includes(`${start}${name}${end}`)));
  const unused = names.filter((name) => !isNamed(name));
  const [first] = unused;
  if (first === undefined) return [];
  const advice = `write "env": {"${first}": "\${${first}}"} at a server that needs it`;
  return [`${path}: ${unused.map(quote).join(', ')} of --env or --env-path reaches no server; ${advice}`];
}

const example = '{"mcpServers": {"time": {"command": "uvx", "args": ["mcp-server-time"]}}}';

function readServers(root: ConfigNode, context: ReadContext): readonly ServerSettings[] {
  const list = (memberOf(root, 'mcpServers') ?? memberOf(root, 'servers'))?.value;
  if (list?.kind !== 'object') return [];
  return list.members.flatMap(({ key, value }) =>
    value.kind === 'object' ? (readServer(key, value, context) ?? []) : [],
  );
}

/** Where editors keep their own settings inside of a workspace. */
function isEditorFolder(folder: string): boolean {
  return ['.vscode', '.cursor'].includes(basename(folder));
}
