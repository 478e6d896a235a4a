import type { Flags } from '../cli-options.ts';
import { createStdioTarget } from '../target/stdio-target.ts';
import type { Target } from '../target/target.ts';
import { UsageError } from './cli-error.ts';

/** The flags that say how a server is reached. */
export type TargetFlags = Pick<Flags, 'cwd' | 'env'>;

/**
 * The server that the command line names.
 *
 * @throws {UsageError} when it names none
 */
export function openTarget({ cwd, env }: TargetFlags, server: readonly string[]): Target {
  const [command, ...args] = server;
  if (command === undefined) {
    throw new UsageError('name the server: mcpo-verify [options] -- <mcp command>; see mcpo-verify --help');
  }
  return createStdioTarget({ command, args, ...(cwd !== undefined && { cwd }), ...(env && { env }) });
}
