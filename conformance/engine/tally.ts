import type { Check } from '../checks/check.ts';
import type { CheckVerdict, RunSummary } from '../events.ts';
import type { Finding } from '../findings/finding.ts';

/** Counts what a run comes to. */
export class Tally {
  readonly #findings: Finding[] = [];
  /** By check, the tools that it was tried on. */
  readonly #observed = new Map<string, Set<string>>();
  readonly #verdicts = new Map<string, CheckVerdict>();

  add(finding: Finding): void {
    this.#findings.push(finding);
  }

  /** Says that checks had something to judge, in the calls of a tool or elsewhere. */
  observe(ids: ReadonlySet<string>, tool?: string): void {
    for (const id of ids) {
      const tools = this.#observed.get(id) ?? new Set();
      if (tool !== undefined) tools.add(tool);
      this.#observed.set(id, tools);
    }
  }

  /** Undefined for a check that was tried on none in particular. */
  toolsOf(check: Check): readonly string[] | undefined {
    const tools = this.#observed.get(check.id);
    return tools === undefined || tools.size === 0 ? undefined : [...tools];
  }

  /** Findings that happened again. */
  get failures(): number {
    return this.#findings.filter(({ isFlaky }) => !isFlaky).length;
  }

  isObserved(check: Check): boolean {
    return this.#observed.has(check.id);
  }

  /** @param reason why nothing was tried, if so */
  judge(check: Check, reason: string | undefined): CheckVerdict {
    const own = this.#findings.filter((finding) => finding.check === check.id);
    const failures = own.filter(({ isFlaky }) => !isFlaky).length;
    const verdict = toVerdict(failures, own.length - failures, reason);
    this.#verdicts.set(check.id, verdict);
    return verdict;
  }

  summarize(chosen: number): Pick<RunSummary, 'checks' | 'findings'> {
    const verdicts = [...this.#verdicts.values()];
    const count = (kind: CheckVerdict['kind']): number => verdicts.filter((it) => it.kind === kind).length;
    const steady = this.#findings.filter(({ isFlaky }) => !isFlaky);
    return {
      checks: {
        passed: count('passed'),
        failed: count('failed'),
        flaky: count('flaky'),
        notExercised: count('not-exercised'),
        notRun: chosen - verdicts.length,
      },
      findings: {
        error: steady.filter(({ severity }) => severity === 'error').length,
        warning: steady.filter(({ severity }) => severity === 'warning').length,
        flaky: this.#findings.length - steady.length,
      },
    };
  }
}

function toVerdict(failures: number, flaky: number, reason: string | undefined): CheckVerdict {
  if (failures > 0) return { kind: 'failed', findings: failures };
  if (flaky > 0) return { kind: 'flaky', findings: flaky };
  return reason === undefined ? { kind: 'passed' } : { kind: 'not-exercised', reason };
}
