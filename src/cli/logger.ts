import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config/settings.ts';
import { LogOutput } from './log-output.ts';

/** Logs on stderr: for people on a terminal, JSON lines otherwise. */
export async function createLogger(level: LogLevel): Promise<Logger> {
  const options = { level, base: null };
  if (process.stderr.isTTY) {
    const { PinoPretty } = await import('pino-pretty');
    return pino(
      { ...options, hooks: { streamWrite: (line) => line.replaceAll(steering, '\u{fffd}') } },
      PinoPretty({
        destination: 2,
        sync: true,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'pid,hostname',
        singleLine: true,
      }),
    );
  }
  return pino({ ...options, timestamp: createTimestamp() }, new LogOutput(2));
}

/** What steers a terminal, or reorders or hides what it shows, and is none of the controls that JSON and PinoPretty escape. */
const steering = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** As pino's `isoTime`; lines of the same millisecond share the text. */
function createTimestamp(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}
