import { pino, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogLevel } from '../config/settings.ts';

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
  return pino(
    { ...options, timestamp: pino.stdTimeFunctions.isoTime },
    // Lines written while a write is under way go out together; pino writes what is left when the process exits.
    pino.destination({ dest: 2, sync: false, minLength: 0 }),
  );
}
