import { UsageError } from '../errors.ts';

/** Parses a TCP port; 0 means any free one. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`'${text}' is no port; write a number from 0 to 65535`);
  return port;
}

/** Parses a size in bytes: `4194304`, `4MiB`, `512k`; units are powers of 1024. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:(k|m|g)?(?:i?b)?)$/i.exec(text);
  const power = ['', 'k', 'm', 'g'].indexOf((match?.[2] ?? '').toLowerCase());
  const bytes = Math.floor(Number(match?.[1]) * 1_024 ** power);
  if (!(bytes >= 1) || !Number.isSafeInteger(bytes)) {
    throw new UsageError(`'${text}' is no size; write bytes, or a unit as in 512KiB or 4MiB`);
  }
  return bytes;
}

/** Parses a duration to milliseconds: `500ms`, `60s`, `1.5m`, `2h`; a bare number is seconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/i.exec(text);
  const factor =
    { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[(match?.[2] ?? 's').toLowerCase()] ?? Number.NaN;
  const ms = Math.round(Number(match?.[1]) * factor);
  // setTimeout counts in 31 bits.
  if (!(ms >= 1 && ms < 2 ** 31)) {
    throw new UsageError(`'${text}' is no duration; write seconds, or a unit as in 500ms, 60s or 2m`);
  }
  return ms;
}

/** Parses the HTTP status of tool failures: one that says the request failed. */
export function parseErrorStatus(text: string): number {
  const status = /^\d{3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(status >= 400 && status <= 599)) {
    throw new UsageError(`'${text}' is no error status; write a number from 400 to 599`);
  }
  return status;
}

/** Parses the value of a switch's environment variable; empty is off. */
export function parseSwitch(variable: string, text: string): boolean {
  switch (text.toLowerCase()) {
    case 'true':
    case '1':
    case 'yes':
    case 'on':
      return true;
    case '':
    case 'false':
    case '0':
    case 'no':
    case 'off':
      return false;
    default:
      throw new UsageError(`${variable}='${text}' is neither on nor off; write true or false`);
  }
}

/** Parses one `KEY=value`; the value may hold further equals signs. */
export function parseAssignment(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  const key = text.slice(0, equals);
  if (equals < 1 || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) {
    // The value may be a secret: it is not repeated.
    throw new UsageError(`an --env entry is no assignment; write --env KEY=value`);
  }
  return [key, text.slice(equals + 1)];
}
