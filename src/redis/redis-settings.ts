/** A Redis that gateways share limits and Idempotency-Keys by. */
export interface RedisSettings {
  /** redis:// or rediss:// (TLS), as `parseRedisUrl` takes it; it may hold a password, and is never shown. */
  readonly url: string;
  /** In place of what the URL says. @default the URL's, or none */
  readonly password?: string;
  /** Before each key. @default 'mcpo:' */
  readonly prefix: string;
  /**
   * What happens while it does not answer: each gateway goes on by itself, or what needs it is refused. @default 'open'
   */
  readonly fail: 'open' | 'closed';
}

/** The defaults of everything that has one. */
export const defaultRedis: Pick<RedisSettings, 'prefix' | 'fail'> = { prefix: 'mcpo:', fail: 'open' };
