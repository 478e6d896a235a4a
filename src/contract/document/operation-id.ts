import { createHash } from 'node:crypto';

/** Which tool an id is for; `server` is '' when there is one server only. */
export interface ToolKey {
  readonly server: string;
  readonly tool: string;
}

const maxLength = 64;
const digestLength = 8;
/** As an operationId it would set the prototype of the objects that generated clients keep by operationId. */
const reserved: ReadonlySet<string> = new Set(['__proto__']);

/**
 * Gives each tool an operationId that matches `^[a-zA-Z0-9_-]{1,64}$` and that no other tool has.
 *
 * The id is the tool's name, or `{server}_{tool}`, with every other character replaced by `_`. Where that is too
 * long, or several tools would share it, a digest of the names is appended; a tool whose name is valid as it stands
 * keeps it. The outcome depends on the set of keys only, never on their order.
 *
 * @param keys no two alike
 * @returns the ids in the order of `keys`
 */
export function assignOperationIds(keys: readonly ToolKey[]): readonly string[] {
  const candidates = keys.map((key) => toCandidate(key));
  const claims = countClaims(candidates);
  const taken = new Set(candidates.map(({ id }) => id));
  const ids = candidates.map((candidate) => (isKept(candidate, claims) ? candidate.id : undefined));
  // In the order of the names, so that a second attempt at a free id is the same whatever the order of the input.
  const pending = candidates.filter((_candidate, index) => ids[index] === undefined);
  pending.sort((a, b) => compare(a.key.server, b.key.server) || compare(a.key.tool, b.key.tool));
  const digested = new Map<Candidate, string>();
  for (const candidate of pending) {
    const id = withDigest(candidate, taken);
    taken.add(id);
    digested.set(candidate, id);
  }
  return candidates.map((candidate, index) => ids[index] ?? digested.get(candidate) ?? candidate.id);
}

interface Candidate {
  readonly key: ToolKey;
  readonly id: string;
  /** Nothing had to be replaced. */
  readonly isVerbatim: boolean;
}

interface Claims {
  all: number;
  verbatim: number;
}

function toCandidate(key: ToolKey): Candidate {
  const name = key.server === '' ? key.tool : `${key.server}_${key.tool}`;
  const id = name.replaceAll(/[^a-zA-Z0-9_-]/gu, '_');
  return { key, id, isVerbatim: id === name };
}

function countClaims(candidates: readonly Candidate[]): ReadonlyMap<string, Claims> {
  const claims = new Map<string, Claims>();
  for (const { id, isVerbatim } of candidates) {
    const claim = claims.get(id) ?? { all: 0, verbatim: 0 };
    claim.all += 1;
    if (isVerbatim) claim.verbatim += 1;
    claims.set(id, claim);
  }
  return claims;
}

function isKept({ id, isVerbatim }: Candidate, claims: ReadonlyMap<string, Claims>): boolean {
  const claim = claims.get(id);
  const isOnly = isVerbatim ? claim?.verbatim === 1 : claim?.all === 1;
  return isOnly && id.length <= maxLength && /[a-zA-Z0-9]/.test(id) && !reserved.has(id);
}

function withDigest({ key, id }: Candidate, taken: ReadonlySet<string>): string {
  const stem = /[a-zA-Z0-9]/.test(id) ? id.slice(0, maxLength - digestLength - 1) : 'tool';
  for (let attempt = 0; ; attempt += 1) {
    // JSON.stringify keeps the names apart and, unlike UTF-8 alone, keeps lone surrogates distinct.
    const hash = createHash('sha256').update(JSON.stringify([key.server, key.tool, attempt]));
    const digested = `${stem}_${hash.digest('hex').slice(0, digestLength)}`;
    if (!taken.has(digested)) return digested;
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
