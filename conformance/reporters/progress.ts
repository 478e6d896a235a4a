import type { Reporter, Write } from './reporter.ts';
import { cut, toPlain } from './wrap.ts';

const CLEAR = '\r\u001b[K';

/** Keeps one line of a terminal up to date, and leaves nothing of it behind. */
export function createProgressReporter(write: Write): Reporter {
  return {
    onEvent: (event) => {
      write(CLEAR);
      if (event.kind !== 'progress') return;
      write(cut(toPlain(`[${event.done + 1}/${event.total}] ${event.now} …`), 78));
    },
  };
}
