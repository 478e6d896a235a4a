import { basename, dirname, resolve } from 'node:path';
import { ConfigError } from '../../errors.ts';
import type { ServerSettings } from '../server-settings.ts';
import type { FileDigests } from '../watch-file.ts';
import { checkSchema } from './check-schema.ts';
import { findDuplicateKeys, memberOf, type ConfigNode, type Fault } from './config-node.ts';
import type { ReadContext } from './field-reader.ts';
import { FileSources } from './file-sources.ts';
import { parseJsonc } from './parse-jsonc.ts';
import { parseYaml } from './parse-yaml.ts';
import { readServer } from './read-server.ts';
import { createLineIndex } from './text-lines.ts';

/** What a configuration file says. */
export interface ConfigFile {
  /** Those that are not disabled, in the order of the file. */
  readonly servers: readonly ServerSettings[];
  /** Absolute paths of the files that were read, itself and those that it names, with a digest of each. */
  readonly files: FileDigests;
}

export interface ConfigFileOptions {
  /** Where variables come from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For OAuth callbacks of servers that do not say theirs. @default none */
  readonly publicUrl?: string;
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
  const fail = (faults: readonly Fault[]): never => {
    throw new ConfigError(path, toProblems(path, faults, lineColumnOf), files.digests);
  };
  const { root, faults: syntaxFaults } = /\.ya?ml$/i.test(path) ? parseYaml(text) : parseJsonc(text);
  if (syntaxFaults.length > 0) fail(syntaxFaults);
  if (root === undefined)
    return fail([{ offset: 0, message: `the file is empty; write it as in ${example}` }]);
  const faults = [...findDuplicateKeys(root, (offset) => lineColumnOf(offset).line), ...checkSchema(root)];
  const servers = readServers(root, {
    env: options.env,
    workspaceFolder: isEditorFolder(folder) ? dirname(folder) : folder,
    files,
    publicUrl: options.publicUrl,
    faults,
  });
  if (faults.length > 0) fail(faults);
  return Object.freeze({ servers: Object.freeze(servers), files: files.digests });
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

/** In the order of the text, each once. */
function toProblems(
  path: string,
  faults: readonly Fault[],
  lineColumnOf: ReturnType<typeof createLineIndex>,
): readonly string[] {
  const lines = faults
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => {
      const { line, column } = lineColumnOf(offset);
      return `${path}:${line}:${column}: ${message}`;
    });
  return [...new Set(lines)];
}
