import { statSync } from 'node:fs';
import type { Flags } from '../cli-options.ts';
import { openRemote, readConfigTargets, type ConfigTarget } from '../config-targets.ts';
import { compilePatterns } from '../pattern.ts';
import { toShownUrl } from '../target/remote-channel.ts';
import { createStdioTarget } from '../target/stdio-target.ts';
import type { Target } from '../target/target.ts';
import { UsageError } from './cli-error.ts';
import { toHeaders } from './headers.ts';
import { openDocumentTarget, refuseStrayRest, type RestFlags } from './rest-flags.ts';

/** The flags that say how a server is reached. */
export type TargetFlags = Pick<Flags, 'cwd' | 'env' | 'type' | 'header' | 'config' | 'server'> & RestFlags;

/** A server that is to be verified. */
export interface ChosenTarget {
  /** Its name, when it is of a configuration file. */
  readonly server?: string;
  readonly open: () => Promise<Target>;
  /** The words after `--` that name it again, without secrets. */
  readonly words: readonly string[];
  /** What the configuration says of it. */
  readonly config?: ConfigTarget;
}

/**
 * The servers that the command line names: one after `--`, or those of a configuration file.
 *
 * @throws {UsageError} when it names none, or two ways
 * @throws {ConfigError} with every mistake in the file
 */
export function chooseTargets(
  flags: TargetFlags,
  words: readonly string[],
  warn: (message: string) => void = () => {},
): readonly ChosenTarget[] {
  const { config, server } = flags;
  if (config !== undefined) {
    refuseBesideConfig(flags, words);
    return chooseFromConfig(config, flags, warn);
  }
  if (server !== undefined)
    throw new UsageError('--server is for servers of a file; name that: --config <file>');
  refuseStrayRest(flags);
  const { rest } = flags;
  if (rest !== undefined && words.length === 0) {
    return [{ open: () => openDocumentTarget({ ...flags, rest }), words }];
  }
  return [chooseFromWords(flags, words)];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function refuseBesideConfig({ cwd, type, header, rest }: TargetFlags, words: readonly string[]): void {
  if (words.length > 0) throw new UsageError('name the servers with --config or after --, not both');
  if (rest !== undefined) {
    throw new UsageError(
      '--rest is for one server; name that after --, or none to look at the gateway alone',
    );
  }
  const stray = Object.entries({ cwd, type, header }).find(([, value]) => value !== undefined)?.[0];
  if (stray === undefined) return;
  const key = stray === 'header' ? 'headers' : stray;
  throw new UsageError(
    `--${stray} is for a server after --; in the configuration, write "${key}" at the server`,
  );
}

function chooseFromConfig(
  path: string,
  { server: names, env = {} }: TargetFlags,
  warn: (message: string) => void,
): readonly ChosenTarget[] {
  const { targets, warnings } = readConfigTargets(path, {
    env: process.env,
    variables: { assignments: env },
  });
  for (const warning of warnings) warn(warning);
  const patterns = compilePatterns(names ?? ['*']);
  const known = targets.map(({ server }) => server);
  const [unknown] = names === undefined ? [] : patterns.unmatched(known);
  if (unknown !== undefined) {
    throw new UsageError(
      `--server ${unknown}; ${path} has ${known.join(', ') || 'none'}, and what is disabled`,
    );
  }
  const chosen = targets.filter(({ server }) => patterns.matches(server));
  if (chosen.length === 0) throw new UsageError(`${path} has no server that is not disabled`);
  return chosen.map((config) => ({ server: config.server, open: config.open, words: [], config }));
}

function chooseFromWords(flags: TargetFlags, words: readonly string[]): ChosenTarget {
  const { cwd, env, type, header } = flags;
  const [first, ...rest] = words;
  if (first === undefined) {
    throw new UsageError(
      'name the server: mcpo-verify [options] -- <mcp command or URL>, or --config <file>, or --rest <url>; see mcpo-verify --help',
    );
  }
  if (first.trim() === '') throw new UsageError('the word after -- is empty: is a variable unset there?');
  if (/^https?:/i.test(first)) return chooseUrl(first, rest, flags);
  if (type !== undefined || header !== undefined) {
    const option = type === undefined ? '--header' : '--type';
    throw new UsageError(
      `${option} is for a server at a URL, and '${first}' is none; write http://… after --`,
    );
  }
  if (cwd !== undefined && !isFolder(cwd)) throw new UsageError(`--cwd: ${cwd} is no folder`);
  const options = { command: first, args: rest, ...(cwd !== undefined && { cwd }), ...(env && { env }) };
  return { open: () => Promise.resolve(createStdioTarget(options)), words };
}

function chooseUrl(url: string, [stray]: readonly string[], flags: TargetFlags): ChosenTarget {
  const { cwd, env, type = 'auto', header = [] } = flags;
  if (stray !== undefined) throw new UsageError(`unexpected '${stray}' after the URL`);
  if (!URL.canParse(url)) throw new UsageError('the URL after -- cannot be read; check its host and port');
  const { username, password, search } = new URL(url);
  if (username !== '' || password !== '') {
    throw new UsageError(
      "the URL holds a user or password; write --header 'Authorization: Basic ${CREDENTIALS}'",
    );
  }
  if (cwd !== undefined || env !== undefined) {
    const option = cwd === undefined ? '--env' : '--cwd';
    throw new UsageError(`${option} is for a server that is started here; leave it out for a URL`);
  }
  const shown = search === '' ? url : toShownUrl(url);
  if (shown.includes('…') && shown === url) {
    throw new UsageError('the values in a URL are not saved; name it again: -- <URL>');
  }
  const options = { url, headers: toHeaders(header, process.env), name: shown };
  return { open: () => openRemote(type, options), words: [shown] };
}
