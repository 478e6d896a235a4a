import type { Check } from '../checks/check.ts';
import type { CheckVerdict, RunSummary } from '../events.ts';
import type { Finding } from '../findings/finding.ts';

/** Counts what a run comes to. */
export class Tally {
  readonly #findings: Finding[] = [];
  readonly #observed = new Set<string>();
  readonly #verdicts = new Map<string, CheckVerdict>();

  add(finding: Finding): void {
    this.#findings.push(finding);
  }

  observe(ids: ReadonlySet<string>): void {
    for (const id of ids) this.#observed.add(id);
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
