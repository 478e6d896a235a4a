import type { VerifyEvent } from '../events.ts';
import type { Reporter, Write } from './reporter.ts';
import { cut, toPlain } from './wrap.ts';

const CLEAR = '\r\u001b[K';

export interface ProgressOptions {
  /** Milliseconds, from any beginning. */
  readonly now: () => number;
  /** Characters of a line of the terminal. */
  readonly columns: () => number;
  /** Calls back each second until it is told to stop. */
  readonly everySecond: (tick: () => void) => () => void;
}

/** Keeps one line of a terminal up to date, and leaves nothing of it behind. */
export function createProgressReporter(
  write: Write,
  { now, columns, everySecond }: ProgressOptions,
): Reporter {
  let current: Extract<VerifyEvent, { kind: 'progress' }> | undefined;
  let findings = 0;
  const startedAt = now();
  const stop = everySecond(() => draw());
  return {
    onEvent: (event) => {
      if (event.kind === 'finding') findings += 1;
      if (event.kind === 'progress') current = event;
      if (event.kind === 'run-finished' || event.kind === 'run-failed') current = undefined;
      // What other reporters write on this event begins on an empty line.
      write(CLEAR);
      if (event.kind === 'progress') draw();
    },
    onEnd: () => {
      stop();
      write(CLEAR);
    },
  };

  function draw(): void {
    if (current === undefined) return;
    const { done, total, now: unit } = current;
    const seconds = Math.floor((now() - startedAt) / 1000);
    const elapsed = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    const found = findings === 0 ? '' : `, ${findings} found`;
    const text = `[${done + 1}/${total} ${elapsed}${found}] ${unit} …`;
    // In the last column many terminals begin a new line.
    write(CLEAR + cut(toPlain(text), Math.max(10, columns() - 1)));
  }
}
