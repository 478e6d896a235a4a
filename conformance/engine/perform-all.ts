import type { VerifyEvent } from '../events.ts';
import type { Plan } from '../options.ts';
import type { Run } from './run.ts';
import { toFinding } from './to-finding.ts';
import { fuzzAll } from './fuzz-all.ts';
import { reduceToCall } from './reduce-to-call.ts';
import { createTraffic } from './traffic.ts';
import { toKey, type Unit } from './unit.ts';
import type { Work } from './work.ts';

interface Performed {
  /** True when `maxFailures` was reached. */
  readonly isCutShort: boolean;
  /** Pieces of work for which the server could not be started. */
  readonly withoutServer: number;
}

/** Performs the traffic, then one probe after the other, then the fuzzing; what those come to who watch it is said at the end. */
export async function* performAll(work: Omit<Work, 'known'>): AsyncGenerator<VerifyEvent, Performed, void> {
  const { run, plan, checks, tally, selection } = work;
  const known = new Set<string>();
  const skipped = new Map<string, string>();
  const traffic = createTraffic(selection.callable, {
    onSample: (sample) => run.samples.add(sample),
    onSkipped: (tool, reason) => skipped.set(tool, reason),
  });
  const probes: readonly Unit[] = checks.probes.map((probe) => ({
    label: probe.title,
    use: probe.id,
    probe,
    run: (context) => probe.run(context),
  }));
  const units = [...traffic, ...probes];
  let withoutServer = 0;
  const isOver = (): boolean => isAborted(plan) || tally.failures >= plan.maxFailures;
  for (const { id, title } of [...checks.observers, ...checks.calls])
    yield { kind: 'check-started', check: id, title };
  for (const [done, unit] of units.entries()) {
    if (isOver()) break;
    yield { kind: 'progress', done, total: units.length, now: unit.label };
    const { probe } = unit;
    if (probe !== undefined) yield { kind: 'check-started', check: probe.id, title: probe.title };
    const outcome = yield* performUnit(unit, { ...work, known });
    // What a check saw while its server was taken away proves nothing.
    if (isAborted(plan)) break;
    if (outcome.kind === 'no-server') withoutServer += 1;
    if (probe === undefined) continue;
    const reason = outcome.kind === 'exercised' ? undefined : outcome.reason;
    const verdict = tally.judge(probe, reason);
    const tools = outcome.kind === 'exercised' ? outcome.tools : undefined;
    yield { kind: 'check-finished', check: probe.id, title: probe.title, verdict, ...(tools && { tools }) };
  }
  if (!isOver()) withoutServer += yield* fuzzAll({ ...work, known }, isOver);
  for (const [tool, reason] of skipped) yield { kind: 'tool-skipped', tool, reason };
  for (const check of [...checks.observers, ...checks.calls]) {
    const verdict = tally.judge(check, tally.isObserved(check) ? undefined : check.unexercised);
    const tools = tally.toolsOf(check);
    yield { kind: 'check-finished', check: check.id, title: check.title, verdict, ...(tools && { tools }) };
  }
  return { isCutShort: tally.failures >= plan.maxFailures, withoutServer };
}

async function* performUnit(
  unit: Unit,
  work: Work,
): AsyncGenerator<VerifyEvent, Awaited<ReturnType<Run['perform']>>['outcome'], void> {
  const { run, plan, tally, server, selection, known } = work;
  const { outcome, seen, observed } = await run.perform(unit, server, selection);
  tally.observe(observed, unit.tool);
  if (isAborted(plan)) return outcome;
  const fresh = [...seen.values()].filter(({ key }) => !known.has(key));
  if (fresh.length === 0) return outcome;
  const keys = fresh.map(({ key }) => key);
  const confirmed = await run.confirm(unit, keys, server, selection);
  if (isAborted(plan)) return outcome;
  for (const item of fresh) {
    known.add(item.key);
    // Seen again where nobody can tell which tool it was, it is nothing new.
    known.add(toKey(item.check, item.draft, undefined));
    const isFlaky = !confirmed.has(item.key);
    const smaller = isFlaky || unit.probe === undefined ? undefined : await reduceToCall(item, work);
    if (isAborted(plan)) return outcome;
    const finding =
      smaller === undefined
        ? toFinding(item, plan, { probe: unit.probe, isFlaky })
        : toFinding(smaller.seen, plan, { isFlaky: false, call: smaller.call, earlier: smaller.earlier });
    tally.add(finding);
    yield { kind: 'finding', finding };
  }
  return outcome;
}

function isAborted({ signal }: Plan): boolean {
  return signal?.aborted === true;
}
