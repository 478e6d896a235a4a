/** What a worker serves. */
export interface Claim {
  /** Equal for workers that serve the same. */
  readonly contract: string;
  /** By the clock of `performance.now`. */
  readonly since: number;
}

/** The contract that counts among workers: that of most of them, and of the one that served first where these are equal. */
export function pickContract(claims: readonly Claim[]): string | undefined {
  const votes = new Map<string, { count: number; since: number }>();
  for (const { contract, since } of claims) {
    const vote = votes.get(contract) ?? { count: 0, since };
    votes.set(contract, { count: vote.count + 1, since: Math.min(vote.since, since) });
  }
  const ranked = [...votes].toSorted(
    ([, left], [, right]) => right.count - left.count || left.since - right.since,
  );
  return ranked[0]?.[0];
}
