import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyRequest } from 'fastify';
import type { RedisAnswer, RedisLike } from '../redis/redis-link.ts';
import type { Quota } from './rate-limit.ts';

/** Where a client stands with a limit, this call counted. */
export interface Standing {
  readonly isExceeded: boolean;
  readonly remaining: number;
  /** Whole seconds until it may call anew, at least 1. */
  readonly resetSeconds: number;
}

/** Counts a call; undefined where the counts are in a Redis that is away. Never rejects. */
export type CountCall = (key: string, quota: Quota) => Promise<Standing | undefined>;

/** Clients whose counts are kept in memory; each takes some 200 bytes. */
const defaultMaxClients = 50_000;

/**
 * Counters in windows of fixed length, which begin with a client's first call; the counting is @fastify/rate-limit's.
 *
 * That plugin counts in routes, by way of hooks. Most calls never come to a route of Fastify's (`http/call-lane.ts`), so
 * what is used here is its function for a single request (`createRateLimit`), on an instance that serves nothing; both
 * ways to a tool then share one count.
 *
 * Of too many clients the one that called longest ago makes room.
 *
 * @param redis keeps the counts, in place of memory
 */
export async function createCounter(redis?: RedisLike): Promise<CountCall> {
  const app = fastify();
  await app.register(rateLimit, {
    global: false,
    cache: redis === undefined ? defaultMaxClients : 1,
    max: (request: FastifyRequest) => subjectOf(request).quota.max,
    keyGenerator: (request: FastifyRequest) => subjectOf(request).key,
    timeWindow: (request: FastifyRequest) => subjectOf(request).quota.windowMs,
    ...(redis !== undefined && { redis: asClient(redis), nameSpace: 'rate:' }),
  });
  await app.ready();
  const count = app.createRateLimit();
  return async (key, quota) => {
    const subject: Subject = { key, quota, routeOptions: {} };
    try {
      // The plugin passes it on to the functions above, and looks for a group in its route's options.
      const result = await count(subject as unknown as FastifyRequest);
      if (result.isAllowed) return undefined;
      const { isExceeded, remaining, ttl } = result;
      return { isExceeded, remaining, resetSeconds: Math.max(1, Math.ceil(ttl / 1_000)) };
    } catch (error) {
      if (error instanceof AwayError) return undefined;
      throw error;
    }
  };
}

/** What a call is counted by, in place of a request. */
interface Subject {
  readonly key: string;
  readonly quota: Quota;
  readonly routeOptions: object;
}

function subjectOf(request: FastifyRequest): Subject {
  return request as unknown as Subject; // createCounter passes nothing else
}

class AwayError extends Error {}

type Callback = (error: Error | null, result?: unknown) => void;

/** As much of an ioredis client as the plugin uses: it defines its script once, and calls it by name. */
function asClient(redis: RedisLike): object {
  let lua = '';
  return {
    defineCommand(name: string, script: { readonly lua: string }): void {
      if (name === 'rateLimit') ({ lua } = script);
      Object.assign(this, { [name]: run });
    },
  };

  function run(key: string, ...rest: readonly unknown[]): void {
    const callback = rest.at(-1) as Callback; // as the plugin calls it
    void tell(
      callback,
      redis.run({ name: 'mcpoRateLimit', lua, isReply }, key, rest.slice(0, -1).map(String)),
    );
  }
}

/** How many calls there were, and for how many milliseconds they count. */
function isReply(reply: unknown): boolean {
  return Array.isArray(reply) && reply.length === 2 && reply.every((part) => Number.isSafeInteger(part));
}

async function tell(callback: Callback, asked: Promise<RedisAnswer>): Promise<void> {
  const answer = await asked;
  if (answer.kind === 'value') callback(null, answer.value);
  else callback(new AwayError());
}
