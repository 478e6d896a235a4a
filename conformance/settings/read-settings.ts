import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { readCheckedFile, readSpecFile, type JsonObject, type JsonValue } from '../../src/index.ts';
import type { ToolSettings } from '../options.ts';

/** What is read when nothing else is said, in the current directory. */
const defaultSettingsFile = 'mcpo-verify.config.json';

/** A settings file that satisfies its schema. */
export interface SettingsFile {
  readonly path: string;
  /** By the camelCase names of the command's options; without `tools`. */
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly tools: Readonly<Record<string, ToolSettings>>;
  /** `path:line:column` of a value, by its JSON Pointer. */
  readonly placeOf: (pointer: string) => string;
  /** A path of the file, which is relative to it, as one that is relative to the current directory. */
  readonly toPath: (path: string) => string;
}

/**
 * Reads the settings: the file that was named, or the default one where it exists.
 *
 * @param named `false` when there are to be none
 * @throws {ConfigError} with every mistake in it
 */
export function readSettings(named: string | false | undefined): SettingsFile | undefined {
  if (named === false || (named === undefined && !existsSync(defaultSettingsFile))) return undefined;
  const path = named ?? defaultSettingsFile;
  const { value, placeOf } = readCheckedFile(path, readSpecFile('verify.config.schema.json'));
  const { tools = {}, ...rest } = value as FileValue; // the schema says so
  const values = Object.entries(rest).filter(([key]) => !/^(?:\$schema|x-|_comment|\/\/)/.test(key));
  return {
    path,
    values: Object.fromEntries(values),
    tools: Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, toToolSettings(tool)])),
    placeOf,
    toPath: (inner) => relative('.', resolve(dirname(path), inner)) || '.',
  };
}

interface FileValue extends JsonObject {
  readonly tools?: Readonly<Record<string, FileTool>>;
}

interface FileTool extends JsonObject {
  readonly arguments?: JsonObject;
  readonly examples?: readonly JsonObject[];
  readonly skip?: string;
  readonly deterministic?: boolean;
}

function toToolSettings({ arguments: fixed, examples, skip, deterministic }: FileTool): ToolSettings {
  return {
    ...(fixed !== undefined && { arguments: fixed }),
    ...(examples !== undefined && { examples }),
    ...(skip !== undefined && { skip }),
    ...(deterministic !== undefined && { isDeterministic: deterministic }),
  };
}
