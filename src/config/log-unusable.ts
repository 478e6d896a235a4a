import { ConfigError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { FileDigests } from './watch-file.ts';

/**
 * Logs what is wrong with a file that is followed, a line for each mistake, and what becomes of it.
 *
 * @param says what becomes of it, as in 'the rules cannot be used; the ones before stay'
 * @returns what was read of it, to be followed
 * @throws `error` itself when it is not about what the file says
 */
export function logUnusable(error: unknown, path: string, says: string, logger: Logger): FileDigests {
  if (!(error instanceof ConfigError)) throw error;
  for (const problem of error.problems) logger.error({}, problem);
  logger.error({ path }, says);
  return error.files;
}
