import { requestsAnswered } from '../checks/requests-answered.ts';
import type { VerifyEvent } from '../events.ts';
import type { Finding } from '../findings/finding.ts';
import { planCalls } from '../fuzzing/plan-calls.ts';
import type { CallTotals, Phase } from '../fuzzing/test-call.ts';
import { isReadOnly, type ListedTool } from '../target/list-tools.ts';
import { fuzzTool, type FuzzResult, type Suspicion } from './fuzz-tool.ts';
import { investigate } from './investigate.ts';
import { toFinding } from './to-finding.ts';
import { toKey } from './unit.ts';
import type { Work } from './work.ts';

/** Fuzzes each tool that may be called, phase by phase; returns for how many pieces of work the server was missing. */
export async function* fuzzAll(work: Work, isOver: () => boolean): AsyncGenerator<VerifyEvent, number, void> {
  const { run, plan, checks, selection } = work;
  // Nobody would look at the answers.
  if (checks.calls.length + checks.observers.length === 0) return 0;
  const phases = new Set(plan.phases);
  const steps = (['coverage', 'negative', 'fuzzing'] as const)
    .filter((phase) => phases.has(phase))
    .flatMap((phase) => selection.callable.map((tool) => ({ phase, tool })));
  const totals = new Map(selection.callable.map((tool) => [tool, { sent: 0, refused: 0 }]));
  const doubtful = new Map<string, Finding>();
  const clock = new FuzzClock(plan.maxTimeMs, steps.length);
  let withoutServer = 0;
  for (const [done, { phase, tool }] of steps.entries()) {
    if (isOver()) break;
    yield { kind: 'progress', done, total: steps.length, now: `${phase} of ${tool.name}` };
    const endsAtMs = clock.share(steps.length - done);
    const result = await fuzzStep(work, tool, phase, endsAtMs);
    if (plan.signal?.aborted === true) break;
    work.tally.observe(result.observed, tool.name);
    const sum = totals.get(tool);
    if (sum !== undefined) {
      sum.sent += result.valid.sent;
      sum.refused += result.valid.refused;
    }
    if (result.failure !== undefined) withoutServer += 1;
    yield toFuzzed(work, tool, phase, result);
    // What was found must be looked into, however long that takes; other tools keep their time.
    const pausedAt = performance.now();
    yield* lookInto(work, result.suspicions, doubtful, isOver);
    clock.extend(performance.now() - pausedAt);
  }
  if (plan.signal?.aborted === true) return withoutServer;
  for (const finding of doubtful.values()) {
    work.tally.add(finding);
    yield { kind: 'finding', finding };
  }
  for (const [tool, sum] of totals) yield* judgeTotals(work, { tool, ...sum });
  yield* reportUntestable(work);
  await run.keeper.closeOthers();
  return withoutServer;
}

/** What others did not need does not all go to one that is slow. */
const MOST_SHARES = 3;

/** What is left of the time, split over what is left to do. */
class FuzzClock {
  #endsAtMs: number;
  readonly #mostMs: number;

  constructor(maxTimeMs: number, parts: number) {
    this.#endsAtMs = performance.now() + maxTimeMs;
    this.#mostMs = (maxTimeMs * MOST_SHARES) / parts;
  }

  share(parts: number): number {
    const now = performance.now();
    const left = Math.max(0, this.#endsAtMs - now);
    return now + Math.min(left / parts, this.#mostMs);
  }

  extend(byMs: number): void {
    this.#endsAtMs += byMs;
  }
}

interface StepResult extends FuzzResult {
  /** Made in vain. */
  readonly discarded: number;
}

async function fuzzStep(work: Work, tool: ListedTool, phase: Phase, endsAtMs: number): Promise<StepResult> {
  const { run, plan, checks } = work;
  const { seed, maxExamples, requestTimeoutMs, signal } = plan;
  const generator = run.book.generatorOf(tool);
  const countDiscarded = (): number => (generator.kind === 'generator' ? generator.stats.discarded : 0);
  const before = countDiscarded();
  const result = await fuzzTool({
    calls: planCalls({ book: run.book, tool, phase, seed, maxExamples }),
    checks: checks.calls,
    keeper: run.keeper,
    // What writes might not bear company, and what it breaks then is for checks that say so.
    concurrency: isReadOnly(tool) ? plan.concurrency : 1,
    requestTimeoutMs,
    usualMs: run.samples.list().find((sample) => sample.tool.name === tool.name)?.tookMs ?? 0,
    endsAtMs,
    isAborted: () => signal?.aborted === true,
  });
  return { ...result, discarded: countDiscarded() - before };
}

async function* lookInto(
  { run, plan, checks, tally, known }: Work,
  suspicions: readonly Suspicion[],
  doubtful: Map<string, Finding>,
  isOver: () => boolean,
): AsyncGenerator<VerifyEvent, void, void> {
  for (const suspicion of suspicions) {
    const { key, check, draft, occurrences, places } = suspicion;
    if (isOver()) return;
    if (known.has(key)) continue;
    const investigation = await investigate(suspicion, {
      checks: checks.calls,
      openKeeper: () => run.openKeeper(),
      releaseKeeper: (keeper) => run.releaseKeeper(keeper),
      shrinks: plan.shrinks,
      requestTimeoutMs: plan.requestTimeoutMs,
      isAborted: () => plan.signal?.aborted === true,
    });
    if (investigation.kind === 'stopped') return;
    if (investigation.kind === 'flaky') {
      const finding = toFinding(suspicion, plan, {
        isFlaky: true,
        call: suspicion.suspects[0],
        occurrences,
        places,
      });
      // A slow answer that comes after all is none that is missing.
      if (check.id !== requestsAnswered.id) doubtful.set(key, finding);
      continue;
    }
    known.add(key);
    known.add(toKey(check, draft, undefined));
    doubtful.delete(key);
    const { seen, call, earlier } = investigation;
    const finding = toFinding(seen, plan, { isFlaky: false, call, earlier, occurrences, places });
    tally.add(finding);
    yield { kind: 'finding', finding };
  }
}

function* judgeTotals({ plan, checks, tally }: Work, totals: CallTotals): Iterable<VerifyEvent> {
  for (const check of checks.calls) {
    for (const draft of check.judgeTotals?.(totals) ?? []) {
      const full = { tool: totals.tool.name, ...draft };
      const key = toKey(check, full, full.tool);
      const finding = toFinding({ key, check, draft: full }, plan, { isFlaky: false });
      tally.add(finding);
      yield { kind: 'finding', finding };
    }
  }
}

function* reportUntestable({ run, selection }: Work): Iterable<VerifyEvent> {
  for (const tool of selection.callable) {
    const generator = run.book.generatorOf(tool);
    if (generator.kind === 'untestable') {
      const reason = `its input schema is untestable: ${generator.reason}`;
      yield { kind: 'tool-skipped', tool: tool.name, reason };
    }
  }
}

function toFuzzed({ run }: Work, tool: ListedTool, phase: Phase, result: StepResult): VerifyEvent {
  const generator = run.book.generatorOf(tool);
  const sites = generator.kind === 'generator' && phase === 'negative' ? generator.sites() : [];
  return {
    kind: 'tool-fuzzed',
    tool: tool.name,
    phase,
    sent: result.sent,
    planned: result.planned,
    isCutShort: result.isCutShort,
    refused: result.refused,
    callsPerSecond: Math.round((result.sent * 1000) / Math.max(1, result.tookMs)),
    discarded: result.discarded,
    untestable: sites
      .filter(({ kind }) => kind !== 'covered')
      .map(({ site, kind, reason }) => ({ ...site, reason: reason ?? kind })),
  };
}
