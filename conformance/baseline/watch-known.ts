import type { VerifyEvent } from '../events.ts';
import { phases, type Phase } from '../fuzzing/test-call.ts';
import type { KnownFinding } from './known-finding.ts';

/** Follows the events of a run, to say which known findings are gone. */
export interface KnownWatch {
  readonly onEvent: (event: VerifyEvent) => void;
  /** How many of them were seen. */
  readonly seen: () => number;
  /** Those that the run looked for as hard as it can, and did not see. */
  readonly gone: () => readonly KnownFinding[];
}

/**
 * Follows one run. What was not tried, or not to the end, is never gone: a tool that is not called, a check that is not
 * chosen, a phase of the fuzzing that is left out or cut short. A flaky finding is seen.
 *
 * @param server the name of the run's server, where there are several
 */
export function watchKnown(baseline: readonly KnownFinding[], server: string | undefined): KnownWatch {
  const own = baseline.filter((known) => known.server === server);
  const seen = new Set<string>();
  const listed = new Set<string>();
  const called = new Set<string>();
  /** Undefined for a check that was tried on no tool in particular. */
  const tried = new Map<string, ReadonlySet<string> | undefined>();
  const fuzzed = new Map<string, Set<Phase>>();
  let isWhole = false;
  return {
    onEvent,
    seen: () => own.filter(({ id }) => seen.has(id)).length,
    gone: () => (isWhole ? own.filter((known) => !seen.has(known.id) && isTried(known)) : []),
  };

  function onEvent(event: VerifyEvent): void {
    switch (event.kind) {
      case 'tool-listed':
        listed.add(event.tool);
        if (event.use.kind === 'called') called.add(event.tool);
        return;
      case 'tool-skipped':
        called.delete(event.tool);
        return;
      case 'tool-fuzzed': {
        if (event.isCutShort) return;
        const done = fuzzed.get(event.tool) ?? new Set();
        fuzzed.set(event.tool, done.add(event.phase));
        return;
      }
      case 'finding':
        seen.add(event.finding.id);
        return;
      case 'check-finished':
        if (event.verdict.kind === 'not-exercised') return;
        tried.set(event.check, event.tools === undefined ? undefined : new Set(event.tools));
        return;
      case 'run-finished': {
        const { isInterrupted, isCutShort, withoutServer } = event.summary;
        isWhole = !isInterrupted && !isCutShort && withoutServer === 0;
        return;
      }
      default:
    }
  }

  function isTried({ check, tool }: KnownFinding): boolean {
    if (!tried.has(check)) return false;
    if (tool === undefined) return [...called].every(isFuzzed);
    if (check.startsWith('listing/')) return listed.has(tool);
    return called.has(tool) && tried.get(check)?.has(tool) !== false && isFuzzed(tool);
  }

  /** Where nothing was fuzzed at all, nobody that was chosen looks at it. */
  function isFuzzed(tool: string): boolean {
    return fuzzed.size === 0 || phases.every((phase) => fuzzed.get(tool)?.has(phase) === true);
  }
}
