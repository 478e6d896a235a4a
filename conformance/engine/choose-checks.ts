import type { Check, Observer, Probe } from '../checks/check.ts';
import { checks } from '../checks/registry.ts';
import { compilePatterns } from '../pattern.ts';

export interface ChosenChecks {
  readonly observers: readonly Observer[];
  readonly probes: readonly Probe[];
  readonly warnings: readonly string[];
}

/** The checks of a run: a phase, such as `wire`, stands for all of its checks. */
export function chooseChecks(wanted: readonly string[], unwanted: readonly string[]): ChosenChecks {
  const isWanted = compilePatterns(wanted);
  const isUnwanted = compilePatterns(unwanted);
  const matches = (patterns: typeof isWanted, { id, phase }: Check): boolean =>
    patterns.matches(id) || patterns.matches(phase);
  const chosen = checks.filter((check) => matches(isWanted, check) && !matches(isUnwanted, check));
  const names = [...checks.map(({ id }) => id), ...new Set(checks.map(({ phase }) => phase))];
  return {
    observers: chosen.filter((check) => check.kind === 'observer'),
    probes: chosen.filter((check) => check.kind === 'probe'),
    warnings: [
      ...isWanted.unmatched(names).map((text) => `--checks ${text}`),
      ...isUnwanted.unmatched(names).map((text) => `--exclude-checks ${text}`),
    ],
  };
}
