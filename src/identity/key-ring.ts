import type { ApiKeyEntry } from './api-key.ts';
import type { Identity } from './identity.ts';
import type { Verdict } from './verdict.ts';

/** Keys by their digests. Its keys are replaced whole. */
export class KeyRing {
  #keys: ReadonlyMap<string, RingKey>;
  #names: ReadonlySet<string>;
  #scopes: ReadonlySet<string>;

  constructor(entries: readonly ApiKeyEntry[]) {
    this.#keys = toKeys(entries);
    this.#names = toNames(entries);
    this.#scopes = toScopes(entries);
  }

  get size(): number {
    return this.#keys.size;
  }

  /** From now on these are the keys. */
  replace(entries: readonly ApiKeyEntry[]): void {
    this.#keys = toKeys(entries);
    this.#names = toNames(entries);
    this.#scopes = toScopes(entries);
  }

  /** Whether there is a key of that name, be it over or not. */
  hasName(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether a key has that scope, be it over or not. */
  hasScope(scope: string): boolean {
    return this.#scopes.has(scope);
  }

  /** Whose key has this digest; undefined when it is nobody's. @param nowMs Unix time */
  find(digest: string, nowMs: number): Verdict | undefined {
    const key = this.#keys.get(digest);
    if (key === undefined) return undefined;
    return nowMs < key.expiresAt ? key.verdict : expired;
  }
}

interface RingKey {
  readonly expiresAt: number;
  /** Made once: a call makes nothing. */
  readonly verdict: Verdict;
}

const expired: Verdict = { kind: 'wrong_key', detail: 'The API key has expired.' };

function toNames(entries: readonly ApiKeyEntry[]): ReadonlySet<string> {
  return new Set(entries.map(({ name }) => name));
}

function toScopes(entries: readonly ApiKeyEntry[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ scopes }) => scopes));
}

function toKeys(entries: readonly ApiKeyEntry[]): ReadonlyMap<string, RingKey> {
  return new Map(
    entries.map(({ name, digest, expiresAt = Infinity, scopes }) => {
      const identity: Identity = Object.freeze({
        kind: 'api-key',
        name,
        keyName: name,
        scopes: new Set(scopes),
        claims: Object.freeze({}),
      });
      return [digest, { expiresAt, verdict: { kind: 'known', identity } }];
    }),
  );
}
