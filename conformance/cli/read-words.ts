import { verifyCommand, type Flags } from '../cli-options.ts';
import { applySettings } from '../settings/apply-settings.ts';
import { readSettings } from '../settings/read-settings.ts';
import { splitWords } from './split-words.ts';

/** What the command line says, and the settings file where the command line is silent. */
export interface Said {
  readonly flags: Flags;
  /** The words after `--`. */
  readonly server: readonly string[];
}

/**
 * Reads the words of the command line, and the settings.
 *
 * @throws {CommanderError} when the words are wrong, or ask for help
 * @throws {ConfigError} when the settings are wrong
 */
export function readWords(words: readonly string[]): Said {
  const { own, server } = splitWords(words);
  // Errors are printed once, by whoever catches them.
  const command = verifyCommand()
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  command.parse([...own], { from: 'user' });
  const file = readSettings(command.opts<Flags>().settings);
  if (file === undefined) return { flags: command.opts<Flags>(), server };
  applySettings(command, file);
  return { flags: { ...command.opts<Flags>(), settings: file.path, tools: file.tools }, server };
}
