import { chooseChecks, type ChosenChecks } from '../engine/choose-checks.ts';
import { showAgain } from '../engine/show-again.ts';
import type { Finding } from '../findings/finding.ts';
import { needsOtherTools } from '../findings/replay-command.ts';
import type { VerifyOptions } from '../options.ts';
import { defaultRevision } from '../target/initialize.ts';
import type { Target } from '../target/target.ts';
import { verify } from '../verify.ts';
import type { SavedFinding } from './saved-finding.ts';

/** What came of a replay. */
export type ReplayOutcome =
  /** As it was seen this time. */
  | { readonly kind: 'still-there'; readonly finding: Finding }
  | { readonly kind: 'not-seen'; readonly tries: number }
  /** It could not be tried. */
  | { readonly kind: 'untried'; readonly reason: string };

export interface ReplayOptions extends Pick<VerifyOptions, 'rest' | 'contract'> {
  /** Disposed of at the end. */
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** What is not seen at once may need a race to be lost. */
const TRIES = 3;

/**
 * Does again what showed a finding, on servers started anew: its calls, or else the check that saw it, with its seed.
 *
 * @throws {ServerUnavailableError} when the server does not start
 */
export async function replayFinding(saved: SavedFinding, options: ReplayOptions): Promise<ReplayOutcome> {
  const { finding } = saved;
  const checks = chooseChecks([finding.check], []);
  if (checks.observers.length + checks.probes.length + checks.calls.length === 0) {
    await options.target.dispose();
    return { kind: 'untried', reason: `this version of mcpo-verify has no check '${finding.check}'` };
  }
  return finding.call === undefined ? replayCheck(saved, checks, options) : replayCalls(saved, options);
}

async function replayCalls(
  { finding, options }: SavedFinding,
  { target, signal }: ReplayOptions,
): Promise<ReplayOutcome> {
  const { requestTimeoutMs = 30_000, protocolVersion = defaultRevision } = options;
  try {
    const shown = await showAgain(finding, {
      target,
      signal,
      requestTimeoutMs,
      protocolVersion,
      tries: TRIES,
    });
    if (shown.kind !== 'seen') return shown.kind === 'untried' ? shown : { kind: 'not-seen', tries: TRIES };
    const { expected, seen, lines = [] } = shown.seen.draft;
    return { kind: 'still-there', finding: { ...finding, expected, seen, lines } };
  } finally {
    await target.dispose();
  }
}

async function replayCheck(
  { finding, options }: SavedFinding,
  checks: ChosenChecks,
  { target, signal, rest, contract }: ReplayOptions,
): Promise<ReplayOutcome> {
  const { id, check, during, tool, seed, server } = finding;
  let untried: string | undefined;
  const events = verify({
    ...options,
    target,
    rest,
    contract,
    signal,
    seed,
    server,
    checks: during === undefined ? [check] : [check, during],
    ...(tool !== undefined && !needsOtherTools(during ?? check) && { include: [tool] }),
    // Only such a check sums up what the fuzzing came to.
    ...(checks.calls.length === 0 && { phases: [] }),
  });
  for await (const event of events) {
    // Seen once, even when not a second time, it is there.
    if (event.kind === 'finding' && event.finding.id === id) {
      const { expected, seen, lines } = event.finding;
      return { kind: 'still-there', finding: { ...finding, expected, seen, lines } };
    }
    if (event.kind === 'check-finished' && event.check === check && event.verdict.kind === 'not-exercised') {
      untried = event.verdict.reason;
    }
    if (event.kind === 'run-finished' && event.summary.withoutServer > 0) {
      untried = 'the server could not be started again';
    }
  }
  return untried === undefined ? { kind: 'not-seen', tries: 1 } : { kind: 'untried', reason: untried };
}
