import type { Target } from '../target/target.ts';
import { chooseTargets, type TargetFlags } from './choose-targets.ts';
import { UsageError } from './cli-error.ts';

/**
 * The one server that the command line names.
 *
 * @throws {UsageError} when it names none, or several
 */
export function openTarget(flags: TargetFlags, words: readonly string[]): Promise<Target> {
  const [chosen, another] = chooseTargets(flags, words);
  if (chosen === undefined || another !== undefined) {
    throw new UsageError('name one server: -- <mcp command or URL>');
  }
  return chosen.open();
}
