import { InvalidArgumentError, type Command, type Option } from 'commander';
import { ConfigError, isJsonObject, type JsonValue } from '../../src/index.ts';
import type { SettingsFile } from './read-settings.ts';

/**
 * Gives options the values of a file where the command line says nothing; named things (`env`, `arguments`) of both
 * are joined, those of the command line first in rank. The parsers of the options judge the values of the file too.
 *
 * @throws {ConfigError} with every value that an option refuses
 */
export function applySettings(command: Command, file: SettingsFile): void {
  const problems: string[] = [];
  for (const [key, value] of Object.entries(file.values)) {
    const option = command.options.find((known) => known.attributeName() === key);
    if (option === undefined) throw new Error(`the schema has '${key}', which is no option`);
    const isSaid = command.getOptionValueSource(key) === 'cli';
    try {
      const parsed = parse(option, inFolder(key, value, file));
      // Commander keeps values of all kinds; this one is an object where the file has one.
      const said: unknown = command.getOptionValue(key);
      if (!isSaid) command.setOptionValueWithSource(key, parsed, 'config');
      else if (isJsonObject(parsed) && isJsonObject(said)) {
        command.setOptionValueWithSource(key, { ...parsed, ...said }, 'cli');
      }
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      problems.push(`${file.placeOf(`/${key}`)}: '${key}': ${error.message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(file.path, problems, new Map());
}

/** Options that are paths. */
const paths: ReadonlySet<string> = new Set([
  'cwd',
  'baseline',
  'saveDir',
  'config',
  'contract',
  'restDocument',
]);

function inFolder(key: string, value: JsonValue, { toPath }: SettingsFile): JsonValue {
  if (paths.has(key) && typeof value === 'string') return toPath(value);
  if (key !== 'report' || !Array.isArray(value)) return value;
  return value.map((report) => {
    const [, format, path] = /^([^=]*=)(.+)$/s.exec(String(report)) ?? [];
    return format === undefined || path === undefined || path === '-' ? report : `${format}${toPath(path)}`;
  });
}

function parse({ parseArg }: Option, value: JsonValue): unknown {
  if (parseArg === undefined || typeof value === 'boolean' || isJsonObject(value)) return value;
  const texts = [value].flat().map(String);
  let parsed: unknown;
  for (const text of texts) parsed = parseArg(text, parsed);
  return Array.isArray(value) ? (parsed ?? []) : parsed;
}
