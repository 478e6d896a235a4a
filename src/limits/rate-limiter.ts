import type { RedisLike } from '../redis/redis-link.ts';
import { clientKeyOf, type LimitedRequest } from './client-key.ts';
import type { CountCall, Standing } from './rate-counter.ts';
import { hasLimits, type RateLimit, type RateLimits } from './rate-limit.ts';

/** What a call falls under: the limit for all calls, that of its server, or that of its tool. */
export type RateLimitScope = 'all' | 'server' | 'tool';

/** Header fields of the answer (draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4). */
interface RateLimitFields {
  readonly 'ratelimit-policy': string;
  readonly ratelimit: string;
}

/** Whether a call may be made. */
export type RateVerdict =
  /** `fields` is undefined where no limit is for it. */
  | { readonly kind: 'allowed'; readonly fields: RateLimitFields | undefined }
  | {
      readonly kind: 'limited';
      readonly fields: RateLimitFields;
      readonly scope: RateLimitScope;
      readonly limit: RateLimit;
      /** Seconds. */
      readonly retryAfter: number;
    }
  /** The counts are in a Redis that is away, and that is to be waited for. */
  | { readonly kind: 'unavailable' };

/** One limit that a call falls under. */
interface Rule {
  readonly scope: RateLimitScope;
  readonly limit: RateLimit;
  /** Before the client in the key of its count; another window counts anew. */
  readonly prefix: string;
}

/** The limits of a tool, the narrowest first, and what is said of them. */
interface ToolRules {
  readonly rules: readonly Rule[];
  readonly policy: string;
}

const allowed: RateVerdict = { kind: 'allowed', fields: undefined };
const unavailable: RateVerdict = { kind: 'unavailable' };

/** Counts the calls of each client, and says which are too many. What counting needs is loaded with the first limit. */
export class RateLimiter {
  readonly #redis: RedisLike | undefined;
  readonly #countJointly: CountCall | undefined;
  readonly #limitedBy: Record<RateLimitScope, number> = { all: 0, server: 0, tool: 0 };
  #limits: RateLimits = { servers: new Map() };
  #rules = new Map<string, Map<string, ToolRules>>();
  #countHere: CountCall | undefined;
  #countShared: CountCall | undefined;
  #isOn = false;

  /**
   * @param redis shares the counts with other gateways. @default they are this gateway's own
   * @param countJointly without a Redis, has another process count for several; undefined when it cannot at the moment
   */
  constructor(redis?: RedisLike, countJointly?: CountCall) {
    this.#redis = redis;
    this.#countJointly = redis === undefined ? countJointly : undefined;
  }

  /** Whether anything is limited; where nothing is, nobody needs to ask. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** How many calls each has refused. */
  get limitedBy(): Readonly<Record<RateLimitScope, number>> {
    return this.#limitedBy;
  }

  /** These limits hold from now on; counts of limits that stay as they are go on. */
  async replace(limits: RateLimits): Promise<void> {
    const isOn = hasLimits(limits);
    if (isOn && this.#countHere === undefined) {
      const { createCounter } = await import('./rate-counter.ts');
      this.#countHere = await createCounter();
      if (this.#redis !== undefined) this.#countShared = await createCounter(this.#redis);
    }
    this.#limits = limits;
    this.#rules = new Map();
    this.#isOn = isOn;
  }

  /** Counts a call of a tool that exists. Never rejects. */
  async check(server: string, tool: string, request: LimitedRequest): Promise<RateVerdict> {
    const { rules, policy } = this.#rulesOf(server, tool);
    if (rules.length === 0) return allowed;
    const standings: string[] = [];
    for (const { scope, limit, prefix } of rules) {
      const standing = await this.#count(`${prefix}${clientKeyOf(limit.by, request)}`, limit);
      if (standing === undefined) return unavailable;
      const { isExceeded, remaining, resetSeconds } = standing;
      standings.push(`"${scope}";r=${remaining};t=${resetSeconds}`);
      if (!isExceeded) continue;
      this.#limitedBy[scope] += 1;
      const fields = { 'ratelimit-policy': policy, ratelimit: standings.join(', ') };
      return { kind: 'limited', fields, scope, limit, retryAfter: resetSeconds };
    }
    return { kind: 'allowed', fields: { 'ratelimit-policy': policy, ratelimit: standings.join(', ') } };
  }

  async #count(key: string, limit: RateLimit): Promise<Standing | undefined> {
    const redis = this.#redis;
    if (redis !== undefined && (redis.isUp || redis.fail === 'closed')) {
      const shared = await this.#countShared?.(key, limit);
      if (shared !== undefined || redis.fail === 'closed') return shared;
    }
    return (await this.#countJointly?.(key, limit)) ?? (await this.#countHere?.(key, limit));
  }

  /** Only tools that exist are asked for, so there are never more of these. */
  #rulesOf(server: string, tool: string): ToolRules {
    let tools = this.#rules.get(server);
    if (tools === undefined) this.#rules.set(server, (tools = new Map<string, ToolRules>()));
    const known = tools.get(tool);
    if (known !== undefined) return known;
    const { all, servers } = this.#limits;
    const of = servers.get(server);
    const rules = [
      ...toRules('tool', of?.toolRateLimits?.get(tool), [server, tool]),
      ...toRules('server', of?.rateLimit, [server]),
      ...toRules('all', all, []),
    ];
    const policy = rules
      .map(({ scope, limit: { max, windowMs } }) => `"${scope}";q=${max};w=${windowMs / 1_000}`)
      .join(', ');
    const made = { rules, policy };
    tools.set(tool, made);
    return made;
  }
}

function toRules(
  scope: RateLimitScope,
  limit: RateLimit | undefined,
  names: readonly string[],
): readonly Rule[] {
  if (limit === undefined) return [];
  const prefix = [scope, limit.windowMs, ...names.map((name) => JSON.stringify(name)), ''].join(':');
  return [{ scope, limit, prefix }];
}
