import { verifyCommand, type Flags } from '../cli-options.ts';

/** What the command line says. */
export interface Said {
  readonly flags: Flags;
  /** The words after `--`. */
  readonly server: readonly string[];
}

/**
 * Reads the words of the command line.
 *
 * @throws {CommanderError} when they are wrong, or ask for help
 */
export function readWords(words: readonly string[]): Said {
  const at = words.indexOf('--');
  const own = at === -1 ? words : words.slice(0, at);
  // Errors are printed once, by whoever catches them.
  const command = verifyCommand()
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  command.parse([...own], { from: 'user' });
  return { flags: command.opts<Flags>(), server: at === -1 ? [] : words.slice(at + 1) };
}
