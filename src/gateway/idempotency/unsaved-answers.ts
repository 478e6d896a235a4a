import type { RedisLike } from '../../redis/redis-link.ts';
import type { RedisScript } from '../../redis/redis-script.ts';

type Args = readonly (string | number | Buffer)[];

interface Unsaved {
  readonly script: RedisScript;
  readonly args: Args;
  readonly bytes: number;
}

const maxEntries = 1_000;
const maxBytes = 16 * 1024 * 1024;

/**
 * What Redis was to be told, and was away for: it is told once it is back, so that the other gateways know how a call
 * ended. Bounded: what comes when there is too much already is forgotten.
 */
export class UnsavedAnswers {
  readonly #redis: RedisLike;
  readonly #settle: RedisScript;
  readonly #waiting = new Map<string, Unsaved>();
  #bytes = 0;

  constructor(redis: RedisLike, settle: RedisScript) {
    this.#redis = redis;
    this.#settle = settle;
    redis.onUp(() => void this.#flush());
  }

  add(key: string, args: Args): void {
    this.#keep(key, this.#settle, args);
  }

  release(script: RedisScript, key: string, owner: string): void {
    this.#keep(key, script, [owner]);
  }

  #keep(key: string, script: RedisScript, args: Args): void {
    const bytes = args.reduce<number>((sum, arg) => sum + (typeof arg === 'number' ? 8 : arg.length), 0);
    if (this.#waiting.has(key) || this.#waiting.size >= maxEntries || this.#bytes + bytes > maxBytes) return;
    this.#waiting.set(key, { script, args, bytes });
    this.#bytes += bytes;
  }

  async #flush(): Promise<void> {
    for (const [key, { script, args, bytes }] of this.#waiting) {
      const told = await this.#redis.run(script, key, args);
      if (told.kind === 'away') return;
      if (this.#waiting.delete(key)) this.#bytes -= bytes;
    }
  }
}
