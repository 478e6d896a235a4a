import type { CallCheck, Check, Observer, Probe } from '../checks/check.ts';
import { checks } from '../checks/registry.ts';
import type { Group } from '../findings/finding.ts';
import { compilePatterns } from '../pattern.ts';

export interface ChosenChecks {
  readonly observers: readonly Observer[];
  readonly probes: readonly Probe[];
  readonly calls: readonly CallCheck[];
  readonly warnings: readonly string[];
}

/**
 * The checks of a run: a group, such as `wire`, stands for all of its checks, but for those that have to be named.
 *
 * @param only the group that makes sense; @default all do
 */
export function chooseChecks(
  wanted: readonly string[],
  unwanted: readonly string[],
  only?: Group,
): ChosenChecks {
  const isWanted = compilePatterns(wanted);
  const isUnwanted = compilePatterns(unwanted);
  const matches = (patterns: typeof isWanted, { id, group }: Check): boolean =>
    patterns.matches(id) || patterns.matches(group);
  const wants = (check: Check): boolean =>
    (only === undefined || check.group === only) &&
    (check.isOptIn === true ? wanted.includes(check.id) : matches(isWanted, check));
  const chosen = checks.filter((check) => wants(check) && !matches(isUnwanted, check));
  const names = [...checks.map(({ id }) => id), ...new Set(checks.map(({ group }) => group))];
  return {
    observers: chosen.filter((check) => check.kind === 'observer'),
    probes: chosen.filter((check) => check.kind === 'probe'),
    calls: chosen.filter((check) => check.kind === 'call'),
    warnings: [
      ...isWanted.unmatched(names).map((text) => `--checks ${text}`),
      ...isUnwanted.unmatched(names).map((text) => `--exclude-checks ${text}`),
    ],
  };
}
