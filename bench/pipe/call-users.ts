import { toToken, withUserToken } from '../load/messages.ts';
import type { WorkCall } from '../work/calls.ts';

/** Makes one call. */
export type Caller = (
  call: WorkCall,
  argumentsText: string,
) => Promise<{ readonly isOk: boolean; readonly text: string }>;

/** What users did for a while. */
export interface UsersResult {
  readonly calls: number;
  readonly failed: number;
  readonly wallMs: number;
  /** How many calls' own times went by at once. */
  readonly factor: number;
  readonly latenciesMs: readonly number[];
  readonly checked: number;
  readonly wrong: number;
  readonly examples: readonly string[];
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

const anyToken = /mb[0-9a-z]{10}xx/g;
const keptExamples = 3;
/** No two calls of a run carry the same token; workers have lower numbers. */
const ownWorker = 1_295;
let tokens = 0;

/**
 * Users who each call again when answered, for a while. Every call carries a token of its own where its tool repeats
 * one, and every answer is held against it.
 *
 * @param serviceMs how long the call of an index takes alone
 */
export async function callAsUsers(
  call: Caller,
  { work, sequence }: { readonly work: readonly WorkCall[]; readonly sequence: readonly number[] },
  options: {
    readonly users: number;
    readonly forMs: number;
    readonly serviceMs: (index: number) => number;
    readonly signal: AbortSignal;
  },
): Promise<UsersResult> {
  const { users, forMs, serviceMs, signal } = options;
  const found = { calls: 0, failed: 0, checked: 0, wrong: 0 };
  const latenciesMs: number[] = [];
  const examples: string[] = [];
  const fromNs = process.hrtime.bigint();
  const startMs = performance.now();
  const endsAt = startMs + forMs;
  const user = async (own: number): Promise<number> => {
    const beganMs = performance.now();
    let ownMs = 0;
    for (let at = own; at === own || (performance.now() < endsAt && !signal.aborted); at += 1) {
      const index = sequence[at % sequence.length] ?? 0;
      const next = work[index];
      if (next === undefined) break;
      const token = toToken(ownWorker, tokens++);
      const sentMs = performance.now();
      const answer = await call(next, withUserToken(next, token));
      if (!answer.isOk) {
        found.failed += 1;
        // A gateway that is gone must not be asked as fast as the loop can.
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      found.calls += 1;
      ownMs += serviceMs(index);
      latenciesMs.push(performance.now() - sentMs);
      if (next.hasToken) check(answer.text, token);
    }
    // Each over its own time: who has finished waits for nobody.
    return ownMs / Math.max(performance.now() - beganMs, 1e-3);
  };
  const parts = await Promise.all(Array.from({ length: users }, async (_user, own) => await user(own)));
  return {
    ...found,
    wallMs: performance.now() - startMs,
    factor: parts.reduce((sum, part) => sum + part, 0),
    latenciesMs,
    examples,
    fromNs,
    toNs: process.hrtime.bigint(),
  };

  function check(text: string, token: string): void {
    found.checked += 1;
    const strangers = (text.match(anyToken) ?? []).filter((other) => other !== token);
    if (text.includes(token) && strangers.length === 0) return;
    found.wrong += 1;
    if (examples.length < keptExamples)
      examples.push(`${token} was asked, ${strangers[0] ?? 'nothing of it'} answered`);
  }
}
