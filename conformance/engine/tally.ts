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

  /** Findings that happened again, and are not known. */
  get failures(): number {
    return this.#findings.filter(isFailure).length;
  }

  isObserved(check: Check): boolean {
    return this.#observed.has(check.id);
  }

  /** @param reason why nothing was tried, if so */
  judge(check: Check, reason: string | undefined): CheckVerdict {
    const own = this.#findings.filter((finding) => finding.check === check.id);
    const verdict = toVerdict(own, reason);
    this.#verdicts.set(check.id, verdict);
    return verdict;
  }

  summarize(chosen: number): Pick<RunSummary, 'checks' | 'findings'> {
    const verdicts = [...this.#verdicts.values()];
    const count = (kind: CheckVerdict['kind']): number => verdicts.filter((it) => it.kind === kind).length;
    const failures = this.#findings.filter(isFailure);
    return {
      checks: {
        passed: count('passed'),
        failed: count('failed'),
        flaky: count('flaky'),
        known: count('known'),
        notExercised: count('not-exercised'),
        notRun: chosen - verdicts.length,
      },
      findings: {
        error: failures.filter(({ severity }) => severity === 'error').length,
        warning: failures.filter(({ severity }) => severity === 'warning').length,
        flaky: this.#findings.filter(({ isFlaky }) => isFlaky).length,
      },
    };
  }
}

function isFailure({ isFlaky, isKnown }: Finding): boolean {
  return !isFlaky && isKnown !== true;
}

function toVerdict(own: readonly Finding[], reason: string | undefined): CheckVerdict {
  const failures = own.filter(isFailure).length;
  const flaky = own.filter(({ isFlaky }) => isFlaky).length;
  if (failures > 0) return { kind: 'failed', findings: failures };
  if (own.length > flaky) return { kind: 'known', findings: own.length - flaky };
  if (flaky > 0) return { kind: 'flaky', findings: flaky };
  return reason === undefined ? { kind: 'passed' } : { kind: 'not-exercised', reason };
}
