import { Command, Option } from 'commander';
import type { RemoteServerSettings } from '../../src/index.ts';
import { defaultSaveDir } from '../cli-options.ts';
import { toDuration, toEnv, toRemoteType, toTexts } from './option-values.ts';
import { splitWords } from './split-words.ts';

/** What the command line of a replay says. */
export interface ReplayFlags {
  readonly saveDir: string;
  readonly cwd?: string;
  readonly type?: RemoteServerSettings['type'];
  readonly header?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly requestTimeout?: number;
}

export interface ReplayWords {
  /** A file, or an id. */
  readonly finding: string;
  readonly flags: ReplayFlags;
  /** Another server than the one that was saved; empty when there is none. */
  readonly server: readonly string[];
}

/**
 * Reads what comes after `mcpo-verify replay`.
 *
 * @throws {CommanderError} when the words are wrong, or ask for help
 */
export function readReplayWords(words: readonly string[]): ReplayWords {
  const { own, server } = splitWords(words);
  const command = replayCommand()
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  command.parse([...own], { from: 'user' });
  const [finding = ''] = command.args;
  return { finding, flags: command.opts<ReplayFlags>(), server };
}

function replayCommand(): Command {
  return new Command('mcpo-verify replay')
    .description('Does again what showed a finding that was saved.')
    .usage('[options] <file|id> [-- <other mcp command>]')
    .argument('<file|id>', 'the finding')
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .option('--save-dir <folder>', 'where findings are saved', defaultSaveDir)
    .option('--env <NAME=value>', "add to the server's environment", toEnv)
    .option('--type <type>', 'how another URL is spoken to: auto, sse or streamable-http', toRemoteType)
    .option('--header <Name: value>', 'send this to the URL', toTexts)
    .option('--cwd <folder>', "the server's working directory (default: as it was)")
    .addOption(
      new Option('--request-timeout <time>', 'when a request counts as not answered').argParser(toDuration),
    )
    .addHelpText(
      'after',
      '\nExit code: 0 not seen any more, 1 still there, 2 could not be tried, 130 interrupted.\n',
    );
}
