import type { Logger } from '../../logger.ts';
import type { WorkerExit, WorkerProcess } from './worker-process.ts';

/** The worker as it was. */
type Deceased = Pick<WorkerProcess, 'number' | 'pid' | 'state' | 'lastWords' | 'isKilled'>;

/** Logs that a worker has ended which was to serve. @param waitMs until another takes its place; undefined when none does */
export function logDeath(
  worker: Deceased,
  { code, signal }: WorkerExit,
  logger: Logger,
  waitMs?: number,
): void {
  const { number, pid, state, lastWords } = worker;
  const fields = { worker: number, pid, code, signal, ...(waitMs !== undefined && { waitMs }) };
  if (lastWords !== undefined) {
    const isToMend = code === usageExitCode;
    logger.error(
      { ...fields, reason: lastWords.trimEnd() },
      isToMend
        ? 'a worker cannot start until the configuration is mended, and is tried again; the others serve as before'
        : 'a worker cannot start, and is tried again',
    );
    return;
  }
  const replaced = waitMs === undefined ? '' : '; it is replaced';
  if (worker.isKilled) logger.warn(fields, `the worker was killed${replaced}`);
  else if (state === 'leaving') logger.warn(fields, `the worker has left${replaced}`);
  else if (state === 'starting')
    logger.error(fields, `a worker ended while it started, and did not say why${hintOf(signal)}${replaced}`);
  else logger.warn(fields, `a worker ended by itself${hintOf(signal)}${replaced}`);
}

/** Of a command line or a configuration that cannot be used. */
const usageExitCode = 2;

function hintOf(signal: string | null): string {
  return signal === 'SIGKILL' ? ' (killed by somebody; is there enough memory?)' : '';
}
