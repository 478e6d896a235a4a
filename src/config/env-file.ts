import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.ts';
import { parseDotenv } from './parse-dotenv.ts';
import type { Settings } from './settings.ts';

/** What `--env` and `--env-path` ask for. */
export interface AddedVariables {
  readonly assignments: Readonly<Record<string, string>>;
  readonly envPath?: string;
}

/** What their meaning depends on. */
export interface VariablesContext {
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** With `mcpo`, variables that this process has win over the file, and lines that cannot be read are warnings. */
  readonly profile: Settings['profile'];
  /** @default reads the file system */
  readonly read?: (path: string) => { readonly text: string } | { readonly reason: string };
}

/** What is added to the environment; problems and warnings are one line each, and hold no values. */
export interface ResolvedVariables {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads the .env file, if one is named; what is assigned on the command line wins over it. */
export function resolveVariables(
  { assignments, envPath }: AddedVariables,
  { env, profile, read = readWhole }: VariablesContext,
): ResolvedVariables {
  if (envPath === undefined) return { values: assignments, problems: [], warnings: [] };
  const file = read(envPath);
  if ('reason' in file) {
    const problem = `cannot read the file '${envPath}' given with --env-path (${file.reason})`;
    return { values: assignments, problems: [problem], warnings: [] };
  }
  const isMcpo = profile === 'mcpo';
  const outer = (name: string): string | undefined =>
    Object.hasOwn(assignments, name) ? assignments[name] : Object.hasOwn(env, name) ? env[name] : undefined;
  const { values, badLines } = parseDotenv(file.text, { outer, first: isMcpo ? 'outer' : 'file' });
  const added = [...values].filter(([name]) => !isMcpo || outer(name) === undefined);
  const told = badLines.map(
    (line) => `${envPath}:${line}: this is no KEY=value; mend it, or write # before a comment`,
  );
  return {
    values: { ...Object.fromEntries(added), ...assignments },
    problems: isMcpo ? [] : told,
    warnings: isMcpo ? told.map((text) => `${text} (ignored)`) : [],
  };
}

/**
 * The same for a server of the command line.
 *
 * @throws ConfigError with every line that cannot be read
 */
export function requireVariables(
  added: AddedVariables,
  context: VariablesContext,
): Pick<ResolvedVariables, 'values' | 'warnings'> {
  const { values, problems, warnings } = resolveVariables(added, context);
  if (problems.length > 0) throw new ConfigError(added.envPath ?? '', problems, new Map());
  return { values, warnings };
}

function readWhole(path: string): { readonly text: string } | { readonly reason: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { reason: error instanceof Error && 'code' in error ? String(error.code) : 'unreadable' };
  }
}
