import { readFileSync } from 'node:fs';
import { findFamily } from '../machine.ts';

/**
 * Kills the server behind a gateway, with all that it started, such as `npx` does; how many processes that were.
 *
 * @param gatewayPid what was started
 * @param mark stands in the command line of the program through which the server was started; undefined when the
 *   gateway itself starts nothing else
 */
export function killServer(gatewayPid: number, mark: string | undefined): number {
  const parent = mark === undefined ? gatewayPid : findMarked(gatewayPid, mark);
  if (parent === undefined) return 0;
  let killed = 0;
  for (const pid of findFamily(parent).slice(1)) {
    try {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    } catch {
      // It has ended already.
    }
  }
  return killed;
}

/** The last of the line: those before it have the mark in their command lines too, to hand it on. */
function findMarked(gatewayPid: number, mark: string): number | undefined {
  return findFamily(gatewayPid).findLast((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}
