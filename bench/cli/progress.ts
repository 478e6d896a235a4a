import type { WriteStream } from 'node:tty';
import type { Progress } from '../options.ts';
import { toVisible } from '../report/visible.ts';

/** A line that tells where the run is; on a terminal only. */
export function createProgress(stream: WriteStream): {
  readonly show: (progress: Progress) => void;
  readonly clear: () => void;
} {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  const clear = (): void => void stream.write('\r\u{1b}[2K');
  return {
    show: ({ stage, callsPerSecond }) => {
      const rate = callsPerSecond === undefined ? '…' : `: ${callsPerSecond.toFixed(0)} calls/s`;
      clear();
      stream.write(toVisible(`${stage}${rate}`).slice(0, Math.max(1, stream.columns - 1)));
    },
    clear,
  };
}
