import { isIP } from 'node:net';
import { parsePort } from '../config/parse-values.ts';
import { UsageError } from '../errors.ts';

/** Where a platform that runs containers wants to be answered. */
export interface PlatformAddress {
  readonly host?: string;
  readonly port?: number;
}

/**
 * Whether a value is what Kubernetes tells every container of a service: of one that is called mcpo it sets `MCPO_PORT` to
 * `tcp://10.0.0.1:80`, and nobody means that for the option.
 */
export function isServiceLink(value: string | undefined): boolean {
  return value !== undefined && /^(?:tcp|udp|sctp):\/\//.test(value);
}

/**
 * Reads `PORT`, as Cloud Run, Heroku, Render and others set it, and `HOST` beside it.
 *
 * Shells and build tools set `HOST` to the name of the machine or to a platform's triplet, and nobody means that as
 * an address to bind: it counts only beside `PORT`, and only when it is an IP address.
 *
 * @throws UsageError when `PORT` is no port
 */
export function readPlatformAddress(env: Readonly<Record<string, string | undefined>>): PlatformAddress {
  const { PORT: port, HOST: host } = env;
  if (port === undefined || port === '') return {};
  const isAddress = host !== undefined && isIP(host) !== 0;
  return { port: parsePlatformPort(port), ...(isAddress && { host }) };
}

function parsePlatformPort(text: string): number {
  try {
    return parsePort(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`PORT: ${error.message}, or say --port`, { cause: error });
  }
}
