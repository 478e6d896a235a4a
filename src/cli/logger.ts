import { pino, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogLevel } from '../config/settings.ts';
import { LogOutput } from './log-output.ts';

/** Logs on stderr: for people on a terminal, JSON lines otherwise. */
export function createLogger(level: LogLevel): Logger {
  const options = { level, base: null };
  if (process.stderr.isTTY) {
    return pino(
      options,
      PinoPretty({
        destination: 2,
        sync: true,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'pid,hostname',
        singleLine: true,
      }),
    );
  }
  return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, new LogOutput(2));
}
