import type { Command } from 'commander';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import { parseQuota, parseRateLimitBy, type Quota, type RateLimitBy } from '../limits/rate-limit.ts';
import type { AddOption } from './add-option.ts';
import { toArgParser } from './run-command.ts';

/** The values of the options about how often clients may call. */
export interface RateLimitFlags {
  readonly rateLimit?: Quota;
  readonly rateLimitBy: RateLimitBy;
}

/** Adds the options about how often clients may call. */
export function addRateLimitFlags(add: AddOption): void {
  add('--rate-limit <calls/time>', 'calls that each client may make, as in 100/min (default: any)', (o) =>
    o.argParser(toArgParser<Quota>(parseQuota)),
  );
  add('--rate-limit-by <what>', 'clients: by key, address, claim:<name> or header:<name>', (o) =>
    o.argParser(toArgParser<RateLimitBy>(parseRateLimitBy)).default(defaultBy, 'key'),
  );
}

const defaultBy: RateLimitBy = { kind: 'key' };

/** What they come to. @throws UsageError for one that would change nothing */
export function toRateLimit(
  { rateLimit, rateLimitBy: by }: RateLimitFlags,
  command: Command,
  writtenName: (command: Command, attribute: string) => string,
): Pick<Settings, 'rateLimit'> {
  if (rateLimit !== undefined) return { rateLimit: { ...rateLimit, by } };
  if (command.getOptionValueSource('rateLimitBy') === 'default') return {};
  const name = writtenName(command, 'rateLimitBy');
  throw new UsageError(`${name} counts for no limit; add --rate-limit <calls/time>, as in 100/min`);
}
