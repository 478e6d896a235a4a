import { checks as allChecks } from '../checks/registry.ts';
import type { TestCall } from '../fuzzing/test-call.ts';
import { investigate, type Investigation } from './investigate.ts';
import type { Seen } from './unit.ts';
import type { Work } from './work.ts';

/**
 * Makes a crash or a hang that a probe came across as small as one that the fuzzing finds; undefined where it takes more
 * than the one call.
 */
export async function reduceToCall(
  seen: Seen,
  { run, plan, checks, selection }: Work,
): Promise<Extract<Investigation, { kind: 'confirmed' }> | undefined> {
  const { draft } = seen;
  const { arguments: args } = draft;
  const tool = selection.callable.find(({ name }) => name === draft.tool);
  if (tool === undefined || args === undefined || !plan.shrinks || !watchesHealth(seen)) return undefined;
  const generator = run.book.generatorOf(tool);
  if (generator.kind === 'untestable') return undefined;
  const verdict = generator.judge(args);
  const { arguments: fixed = {} } = run.book.settingsOf(tool);
  const call: TestCall = {
    tool,
    phase: 'coverage',
    intent: { kind: verdict === 'valid' ? 'valid' : 'hostile' },
    arguments: args,
    what: 'a call of a check',
    isAlike: (other) =>
      generator.judge(other) === verdict && JSON.stringify({ ...other, ...fixed }) === JSON.stringify(other),
  };
  const investigation = await investigate(
    { ...seen, suspects: [call], earlier: [], occurrences: 1, places: new Set() },
    {
      checks: checks.calls,
      openKeeper: () => run.openKeeper(),
      releaseKeeper: (keeper) => run.releaseKeeper(keeper),
      shrinks: true,
      requestTimeoutMs: plan.requestTimeoutMs,
      isAborted: () => plan.signal?.aborted === true,
    },
  );
  return investigation.kind === 'confirmed' ? investigation : undefined;
}

function watchesHealth({ check }: Seen): boolean {
  return allChecks.some((known) => known.kind === 'observer' && known.id === check.id && known.watchesHealth);
}
