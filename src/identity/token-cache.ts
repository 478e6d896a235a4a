/** What is remembered of a token that was verified. */
interface Remembered<Value> {
  readonly value: Value;
  /** Milliseconds of Unix time. */
  readonly expiresAt: number;
}

/**
 * Remembers what tokens said until they expire, by their digests; of the least recently used the oldest are forgotten first.
 *
 * Two maps take turns: what is found in the older one moves to the younger, and when that is full it becomes the older. A hit
 * in the younger changes nothing, where a single map in order of use would be written to for each call.
 */
export class TokenCache<Value> {
  readonly #half: number;
  #young = new Map<string, Remembered<Value>>();
  #old = new Map<string, Remembered<Value>>();

  /** @param capacity tokens that are remembered at most, 2 or more */
  constructor(capacity: number) {
    this.#half = Math.floor(capacity / 2);
  }

  /** Tokens that are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(digest: string, nowMs: number): Value | undefined {
    const found = this.#young.get(digest) ?? this.#promote(digest);
    if (found === undefined) return undefined;
    if (nowMs < found.expiresAt) return found.value;
    this.#young.delete(digest);
    return undefined;
  }

  set(digest: string, value: Value, expiresAt: number): void {
    if (this.#young.size >= this.#half && !this.#young.has(digest)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(digest, { value, expiresAt });
    this.#old.delete(digest);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  #promote(digest: string): Remembered<Value> | undefined {
    const found = this.#old.get(digest);
    if (found !== undefined) this.set(digest, found.value, found.expiresAt);
    return found;
  }
}
