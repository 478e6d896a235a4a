import type { ServerSettings } from '../config/server-settings.ts';
import type { Settings } from '../config/settings.ts';
import { hasLimits, isLimited, type RateLimit, type RateLimits } from '../limits/rate-limit.ts';
import type { CountCall } from '../limits/rate-counter.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { RedisLike } from '../redis/redis-link.ts';

/** The limits that hold at the moment. What counting needs is loaded with the first of them. */
export class ServedLimits {
  readonly #settings: Pick<Settings, 'layout'>;
  readonly #redis: RedisLike | undefined;
  readonly #countJointly: CountCall | undefined;
  #limits: RateLimits;
  #limiter: RateLimiter | undefined;

  /**
   * @param redis shares the counts with other gateways
   * @param countJointly counts for several processes where there is no Redis
   */
  constructor(
    settings: Pick<Settings, 'layout' | 'rateLimit' | 'servers'>,
    redis?: RedisLike,
    countJointly?: CountCall,
  ) {
    this.#countJointly = countJointly;
    this.#settings = settings;
    this.#redis = redis;
    this.#limits = toRateLimits(settings, settings.rateLimit, settings.servers);
  }

  get limiter(): RateLimiter | undefined {
    return this.#limiter;
  }

  /** Whether the calls of a tool are counted. */
  isLimited(server: string, tool: string): boolean {
    return isLimited(this.#limits, server, tool);
  }

  /** From now on the limits given at first hold. */
  async start(): Promise<void> {
    await this.#apply();
  }

  /**
   * Others hold from now on; counts of those that stay as they are go on.
   *
   * @param all undefined: as before
   * @returns whether these are others
   */
  async replace(all: RateLimit | 'none' | undefined, servers: readonly ServerSettings[]): Promise<boolean> {
    const wanted = all ?? this.#limits.all;
    const before = toText(this.#limits);
    this.#limits = toRateLimits(this.#settings, wanted === 'none' ? undefined : wanted, servers);
    await this.#apply();
    return toText(this.#limits) !== before;
  }

  async #apply(): Promise<void> {
    if (this.#limiter === undefined && hasLimits(this.#limits)) {
      const { RateLimiter: Limiter } = await import('../limits/rate-limiter.ts');
      this.#limiter = new Limiter(this.#redis, this.#countJointly);
    }
    await this.#limiter?.replace(this.#limits);
  }
}

/** The limits of the settings, by the names that servers have in a contract. */
function toRateLimits(
  { layout }: Pick<Settings, 'layout'>,
  all: RateLimit | undefined,
  servers: readonly ServerSettings[],
): RateLimits {
  return {
    all,
    servers: new Map(servers.map((server) => [layout === 'single' ? '' : server.name, server])),
  };
}

/** The same for the same limits. */
function toText({ all, servers }: RateLimits): string {
  const limited = [...servers].map(([name, { rateLimit, toolRateLimits }]) =>
    rateLimit === undefined && toolRateLimits === undefined
      ? []
      : [name, rateLimit, [...(toolRateLimits ?? [])]],
  );
  return JSON.stringify([all, limited.filter((server) => server.length > 0)]);
}
