import type { WriteStream } from 'node:tty';
import { toTerminalText } from '../terminal-text.ts';

/** A line that tells how far a build is; on a terminal only. */
export interface DocsProgress {
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

/** @param everyMs between two changes of the line: more of them nobody can read, and each costs a write */
export function createProgress(stream: WriteStream, everyMs = 50): DocsProgress {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  let shownAt = -Infinity;
  const clear = (): void => void stream.write('\r\u{1b}[2K');
  return {
    show: (text) => {
      const now = performance.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      clear();
      stream.write(toTerminalText(text).slice(0, Math.max(1, stream.columns - 1)));
    },
    clear,
  };
}
