import type { Command } from 'commander';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import { parseRedisUrl } from '../redis/redis-address.ts';
import { defaultRedis, type RedisSettings } from '../redis/redis-settings.ts';
import type { AddOption } from './add-option.ts';
import { toArgParser } from './run-command.ts';

/** The values of the options about a Redis that gateways share. */
export interface RedisFlags {
  readonly redisUrl?: string;
  readonly redisPrefix: string;
  readonly redisFail: RedisSettings['fail'];
}

/** What the options about Redis come to. */
interface ReadRedis {
  readonly settings: Pick<Settings, 'redis'>;
  /** One line each. */
  readonly warnings: readonly string[];
}

/** Where its password is read from: command lines can be seen by everyone on the machine. */
const passwordVariable = 'MCPO_REDIS_PASSWORD';
const maxPrefix = 100;

/** Adds the options about a Redis that gateways share. */
export function addRedisFlags(add: AddOption): void {
  add('--redis-url <url>', `Redis to share limits and keys by; its password: ${passwordVariable}`, (o) =>
    o.argParser(toArgParser<string>(checkUrl)),
  );
  add('--redis-prefix <text>', 'before each of its keys', (o) =>
    o.argParser(toArgParser<string>(parsePrefix)).default(defaultRedis.prefix),
  );
  add('--redis-fail <mode>', 'while it does not answer: go on alone, or refuse', (o) =>
    o.choices(['open', 'closed']).default(defaultRedis.fail),
  );
}

/** What they come to. @throws UsageError for one that would change nothing */
export function toRedis(
  flags: RedisFlags,
  command: Command,
  writtenName: (command: Command, attribute: string) => string,
): ReadRedis {
  const { redisUrl: url, redisPrefix: prefix, redisFail: fail } = flags;
  if (url === undefined) {
    const idle = details.find((name) => !['default', undefined].includes(command.getOptionValueSource(name)));
    if (idle === undefined) return { settings: {}, warnings: [] };
    throw new UsageError(`${writtenName(command, idle)} is about a Redis; add --redis-url <url>`);
  }
  const password = process.env[passwordVariable] ?? '';
  const isShown =
    parseRedisUrl(url).password !== undefined && command.getOptionValueSource('redisUrl') === 'cli';
  return {
    settings: { redis: { url, prefix, fail, ...(password !== '' && { password }) } },
    warnings: isShown
      ? [
          `whoever can list processes reads the password in --redis-url; set ${passwordVariable} or MCPO_REDIS_URL`,
        ]
      : [],
  };
}

const details = ['redisPrefix', 'redisFail'];

function checkUrl(text: string): string {
  parseRedisUrl(text);
  return text;
}

function parsePrefix(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text) && text.length <= maxPrefix) return text;
  throw new UsageError(`'${text}' is no beginning of a key; write 1 to ${maxPrefix} characters as in mcpo:`);
}
