import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config/settings.ts';
import { LogOutput } from './log-output.ts';

/** Where lines go, and what each says. */
export interface LoggerOptions {
  /** Which of several processes logs. @default there is one */
  readonly worker?: number;
  /** Takes the JSON lines. @default one of their own */
  readonly output?: LogOutput | undefined;
}

/** Logs on stderr: for people on a terminal, JSON lines otherwise. */
export async function createLogger(level: LogLevel, { worker, output }: LoggerOptions = {}): Promise<Logger> {
  const options = { level, base: worker === undefined ? null : { worker } };
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
  return pino({ ...options, timestamp: createTimestamp() }, output ?? new LogOutput(2));
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
