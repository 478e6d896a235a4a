import { UsageError } from '../errors.ts';

/** Where a Redis is, and who asks it. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Number of the database. */
  readonly db: number;
}

const defaultPort = 6_379;
const maxDb = 9_999;

/**
 * Takes a URL apart: redis://[[user]:password@]host[:port][/database], or rediss:// for TLS.
 *
 * Clients of Redis read further settings from a query, time-outs among them, which are not for a URL to say here.
 *
 * @throws UsageError for anything else, without repeating it: there may be a password in it
 */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
    throw refuse('is no URL of a Redis');
  if (url.search !== '' || url.hash !== '') throw refuse('has more than an address and a database');
  const [, db] = /^\/?(\d{1,4})?$/.exec(url.pathname) ?? [];
  if (db === undefined && !['', '/'].includes(url.pathname))
    throw refuse(`names a database that is no number up to ${maxDb}`);
  const username = decode(url.username);
  const password = decode(url.password);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    isTls: url.protocol === 'rediss:',
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    db: Number(db ?? 0),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse('has a user or a password with a % that stands for nothing; write %25');
  }
}

function refuse(fault: string): UsageError {
  return new UsageError(`the URL of Redis ${fault}; write one as in redis://redis.example.com:6379/0`);
}
