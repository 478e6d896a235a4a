import type { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';

/**
 * Refuses an option that has taken the one after it for its value, as with a variable of a shell that is not set:
 * `--api-key $KEY --strict-auth`.
 *
 * @throws UsageError
 */
export function requireValues(command: Command, words: readonly string[]): void {
  const find = (word: string): Option | undefined =>
    command.options.find(({ short, long }) => word === short || word === long);
  for (let at = 0; at < words.length; at += 1) {
    const option = find(words[at] ?? '');
    if (option?.required !== true) continue;
    at += 1;
    const value = words[at] ?? '';
    const [start = ''] = value.split('=', 1);
    const isKnown = find(start) !== undefined;
    if (!isKnown && !/^--[A-Za-z]/.test(value)) continue;
    // What is no option may be a secret.
    const next = isKnown ? start : 'another option';
    const name = option.long ?? option.flags;
    throw new UsageError(
      `${name} needs a value, and ${next} follows; write one, as ${name}=<value> where it begins like an option`,
    );
  }
}
