import type { Logger } from '../logger.ts';

/** Says that a file which is followed is not there any more: nothing changes by that, which may not be what was meant. */
export function warnOfGone(logger: Logger): (path: string) => void {
  return (path) => logger.warn({ path }, 'the file is gone; what was read from it stays in force');
}
