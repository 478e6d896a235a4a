import { Command } from 'commander';
import { addApiKey } from '../config/add-api-key.ts';
import { parseScopes, parseKeyName, toExpiry } from '../config/parse-api-key.ts';
import { createApiKey, hashApiKey } from '../identity/api-key.ts';
import { UsageError } from '../errors.ts';
import { parseCommand, toArgParser } from './run-command.ts';

interface KeyFlags {
  readonly name: string;
  readonly scopes?: readonly string[];
  readonly expires?: string;
  readonly file?: string;
}

/**
 * `mcpo-serve key new`: makes an API key, writes it to stdout, this once, and keeps only its hash.
 *
 * @param words what follows `key`
 * @throws UsageError for what cannot be meant, and for a file that cannot be used
 */
export function runKeyCommand(words: readonly string[]): number {
  const [verb, ...own] = words;
  const isHelp = verb === '--help' || verb === '-h';
  if (verb !== 'new' && !isHelp) {
    throw new UsageError('keys can only be made; write: mcpo-serve key new --name <name> [--file <file>]');
  }
  const command = keyCommand();
  parseCommand(command, isHelp ? ['--help'] : own);
  const [stray] = command.args;
  if (stray !== undefined) throw new UsageError(`unexpected '${stray}'; see mcpo-serve key new --help`);
  // Every option's parser above gives the type that KeyFlags says.
  const { name, scopes = [], expires, file } = command.opts<KeyFlags>();
  const key = createApiKey();
  const entry = {
    name,
    hash: hashApiKey(key),
    ...(expires !== undefined && { expires }),
    ...(scopes.length > 0 && { scopes }),
  };
  if (file !== undefined) addApiKey(file, entry);
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    file === undefined
      ? `The key is shown this once. Add this to "keys" of the file behind --api-keys-file:\n${JSON.stringify(entry, undefined, 2)}\n`
      : `The key of '${name}' is shown this once; '${file}' has its hash.\n`,
  );
  return 0;
}

function keyCommand(): Command {
  return new Command('mcpo-serve key new')
    .usage('--name <name> [options]')
    .description('Makes an API key, prints it once, and keeps its hash.')
    .allowExcessArguments(true)
    .helpOption('-h, --help', 'show this help')
    .requiredOption('--name <name>', 'whose it is; stands in logs', toArgParser<string>(parseKeyName))
    .option(
      '--scopes <names>',
      'what its holder may do, with commas',
      toArgParser<readonly string[]>(parseScopes),
    )
    .option(
      '--expires <time>',
      'after a time, as in 90d or 12h, or on a day, as in 2030-01-31 (default: never)',
      toArgParser<string>((text) => toExpiry(text, Date.now())),
    )
    .option('--file <file>', 'keys file to add it to (JSON or YAML); made when there is none');
}
