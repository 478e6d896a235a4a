import type { CallCheck } from '../checks/check.ts';
import { requestsAnswered } from '../checks/requests-answered.ts';
import { shrinkValue } from '../arbitraries/shrink-value.ts';
import { isJsonObject } from '../../src/index.ts';
import type { TestCall } from '../fuzzing/test-call.ts';
import type { Suspicion } from './fuzz-tool.ts';
import { reproduce } from './reproduce.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { Seen } from './unit.ts';

/** What became of a suspicion. */
export type Investigation =
  /** Seen again in a server started anew. */
  | {
      readonly kind: 'confirmed';
      readonly seen: Seen;
      readonly call: TestCall;
      readonly earlier: readonly TestCall[];
    }
  /** Not seen again. */
  | { readonly kind: 'flaky' }
  /** The time was up, or the run was ended. */
  | { readonly kind: 'stopped' };

export interface InvestigateOptions {
  readonly checks: readonly CallCheck[];
  /** A keeper of its own; the caller closes none of them. */
  readonly openKeeper: () => SessionKeeper;
  readonly releaseKeeper: (keeper: SessionKeeper) => Promise<void>;
  readonly shrinks: boolean;
  readonly requestTimeoutMs: number;
  readonly isAborted: () => boolean;
}

/** Tries of one suspect alone. */
const TRIES = 2;
const MAX_SUSPECTS = 12;
/** What the search for the one call behind a finding may take. */
const MAX_SEARCH_MS = 20_000;
/** What shrinking one finding may cost. */
const MAX_SHRINK_CALLS = 600;
const MAX_SHRINK_MS = 15_000;
/** A call that hangs is waited for each time; once it is known to hang, less long. */
const SHRINK_TIMEOUT_MS = 2_000;

/** Finds the call behind what was seen, alone or after earlier ones, and makes it as small as it can. */
export async function investigate(suspicion: Suspicion, options: InvestigateOptions): Promise<Investigation> {
  const endsAt = performance.now() + Math.max(MAX_SEARCH_MS, 2 * options.requestTimeoutMs);
  const [first] = suspicion.suspects;
  // What is not answered is known; what made a server end may be any call under way.
  const isNamed =
    suspicion.check.id === requestsAnswered.id && first?.arguments === suspicion.draft.arguments;
  const suspects = suspicion.suspects.slice(0, isNamed ? 1 : MAX_SUSPECTS);
  for (let tries = 0; tries < TRIES; tries += 1) {
    for (const call of suspects) {
      if (options.isAborted()) return { kind: 'stopped' };
      if (performance.now() > endsAt) return { kind: 'flaky' };
      const seen = await tryAnew([call], suspicion.key, options);
      if (seen !== undefined) return options.shrinks ? shrink(call, seen, options) : confirmed(seen, call);
    }
  }
  return withEarlier(suspicion, options);
}

/** Something that only shows after other calls: the fewest of the last ones that it takes. */
async function withEarlier(suspicion: Suspicion, options: InvestigateOptions): Promise<Investigation> {
  const [call] = suspicion.suspects;
  if (call === undefined || suspicion.earlier.length === 0) return { kind: 'flaky' };
  const endsAt = performance.now() + MAX_SHRINK_MS;
  let earlier = suspicion.earlier;
  let seen = await tryAnew([...earlier, call], suspicion.key, options, endsAt);
  if (seen === undefined) return options.isAborted() ? { kind: 'stopped' } : { kind: 'flaky' };
  if (!options.shrinks) return confirmed(seen, call, earlier);
  // Halves first, then ever smaller parts (delta debugging).
  for (let size = Math.ceil(earlier.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < earlier.length;) {
      if (performance.now() > endsAt || options.isAborted()) return confirmed(seen, call, earlier);
      const fewer = earlier.toSpliced(at, size);
      const again = await tryAnew([...fewer, call], suspicion.key, options, endsAt);
      if (again === undefined) {
        at += size;
      } else {
        earlier = fewer;
        seen = again;
      }
    }
  }
  return confirmed(seen, call, earlier);
}

async function shrink(first: TestCall, found: Seen, options: InvestigateOptions): Promise<Investigation> {
  const endsAt = performance.now() + MAX_SHRINK_MS;
  const { checks, openKeeper, releaseKeeper, isAborted } = options;
  const timeoutMs = Math.min(SHRINK_TIMEOUT_MS, options.requestTimeoutMs);
  const keeper = openKeeper();
  let best = first;
  let left = MAX_SHRINK_CALLS;
  try {
    for (let isSmaller = true; isSmaller;) {
      isSmaller = false;
      for (const value of shrinkValue(best.arguments)) {
        if (!isJsonObject(value) || !best.isAlike(value)) continue;
        if (left === 0 || performance.now() > endsAt || isAborted()) break;
        left -= 1;
        const call = { ...best, arguments: value };
        const seen = await reproduce([call], { keeper, checks, timeoutMs });
        if (!seen.has(found.key)) continue;
        best = call;
        isSmaller = true;
        break;
      }
    }
  } finally {
    await releaseKeeper(keeper);
  }
  if (best === first || isAborted()) return confirmed(found, first);
  // What the calls before have left in the server may have helped.
  const seen = await tryAnew([best], found.key, options);
  return seen === undefined ? confirmed(found, first) : confirmed(seen, best);
}

async function tryAnew(
  calls: readonly TestCall[],
  key: string,
  { checks, openKeeper, releaseKeeper }: InvestigateOptions,
  endsAtMs?: number,
): Promise<Seen | undefined> {
  const keeper = openKeeper();
  try {
    return (await reproduce(calls, { keeper, checks, ...(endsAtMs !== undefined && { endsAtMs }) })).get(key);
  } finally {
    await releaseKeeper(keeper);
  }
}

function confirmed(seen: Seen, call: TestCall, earlier: readonly TestCall[] = []): Investigation {
  return { kind: 'confirmed', seen, call, earlier };
}
