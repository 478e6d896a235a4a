import type { CheckInfo, Probe, ProbeContext, ProbeOutcome } from '../checks/check.ts';
import type { FindingDraft } from '../findings/finding.ts';
import { ServerUnavailableError, type SessionKeeper } from './session-keeper.ts';

/** One piece of a run, which can be done again to see whether the same happens. */
export interface Unit {
  /** For the progress line. */
  readonly label: string;
  /** What its randomness is for. */
  readonly use: string;
  /** The tool that it calls, when that is one. */
  readonly tool?: string;
  /** The check whose findings it reports; ordinary traffic has none. */
  readonly probe?: Probe;
  readonly run: (context: ProbeContext) => Promise<ProbeOutcome>;
}

/** Something that was seen while a unit ran. */
export interface Seen {
  readonly key: string;
  readonly check: CheckInfo;
  readonly draft: FindingDraft;
}

export interface UnitResult {
  readonly outcome: ProbeOutcome;
  /** Each key once. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** Ids of observers that had something to judge. */
  readonly observed: ReadonlySet<string>;
}

/**
 * Runs a unit on the keeper's sessions; never throws on account of the server.
 *
 * @param names of tools: a call of another name is no tool's fault, and such names are made up anew by each seed
 */
export async function runUnit(
  unit: Unit,
  keeper: SessionKeeper,
  toContext: (report: (draft: FindingDraft) => void) => ProbeContext,
  names: ReadonlySet<string>,
): Promise<UnitResult> {
  const seen = new Map<string, Seen>();
  const observed = new Set<string>();
  const report = (check: CheckInfo, draft: FindingDraft): void => {
    const key = toKey(check, draft, draft.tool);
    if (!seen.has(key)) seen.set(key, { key, check, draft });
  };
  const observe = (check: CheckInfo, draft: FindingDraft): void => {
    const isTool = draft.tool !== undefined && names.has(draft.tool);
    report(check, isTool ? draft : { ...draft, tool: undefined });
  };
  keeper.collectInto({ report: observe, exercise: ({ id }) => observed.add(id) });
  const context = toContext((draft) => {
    if (unit.probe !== undefined) report(unit.probe, draft);
  });
  const outcome = await tolerate(() => unit.run(context));
  await tolerate(() => keeper.settle());
  await keeper.closeOthers();
  return { outcome: outcome ?? { kind: 'exercised' }, seen, observed };
}

/** What makes two findings the same. */
export function toKey(check: CheckInfo, { variant }: FindingDraft, tool: string | undefined): string {
  return JSON.stringify([check.id, tool ?? '', variant]);
}

async function tolerate(run: () => Promise<ProbeOutcome | void>): Promise<ProbeOutcome | void> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ServerUnavailableError)) throw error;
    return { kind: 'no-server', reason: error.message };
  }
}
