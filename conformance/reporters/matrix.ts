import type { CheckVerdict } from '../events.ts';
import type { Finding } from '../findings/finding.ts';
import type { CheckReport, RunReport, ToolReport } from './collect-runs.ts';
import { toLevel } from './level.ts';

/** How one check went on one tool, or on the server as a whole. */
export type Cell = CheckVerdict | { readonly kind: 'not-called'; readonly reason: string };

/** A check, and how it went on each. */
export interface MatrixRow {
  readonly check: CheckReport;
  /** Undefined when the check is about tools. */
  readonly server: Cell | undefined;
  /** By the run's tools, in their order; undefined where the check is about the server. */
  readonly tools: readonly (Cell | undefined)[];
}

/** Checks × tools; a cell has passed only when the check says that it was tried there. */
export function toMatrix({ checks, tools, findings }: RunReport): readonly MatrixRow[] {
  const byPlace = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = toKey(finding.check, finding.tool);
    byPlace.set(key, [...(byPlace.get(key) ?? []), finding]);
  }
  const found = (check: CheckReport, tool?: string): Cell | undefined =>
    toVerdict(byPlace.get(toKey(check.id, tool)) ?? []);
  return checks.map((check) => {
    const tried = check.tools === undefined ? undefined : new Set(check.tools);
    return {
      check,
      server: found(check) ?? toServerCell(check),
      tools: tools.map((tool) => found(check, tool.name) ?? toToolCell(check, tool, tried)),
    };
  });
}

function toKey(check: string, tool: string | undefined): string {
  return JSON.stringify([check, tool ?? null]);
}

function toVerdict(findings: readonly Finding[]): CheckVerdict | undefined {
  const levels = findings.map(toLevel);
  const failures = levels.filter((level) => level === 'error' || level === 'warning').length;
  if (failures > 0) return { kind: 'failed', findings: failures };
  const known = levels.filter((level) => level === 'known').length;
  if (known > 0) return { kind: 'known', findings: known };
  return findings.length > 0 ? { kind: 'flaky', findings: findings.length } : undefined;
}

function toServerCell({ verdict, tools }: CheckReport): Cell | undefined {
  if (verdict.kind === 'not-exercised') return verdict;
  // What failed has its findings at its tools.
  return tools === undefined && verdict.kind === 'passed' ? verdict : undefined;
}

function toToolCell(
  { verdict }: CheckReport,
  { name, use }: ToolReport,
  tried: ReadonlySet<string> | undefined,
): Cell | undefined {
  if (tried === undefined || verdict.kind === 'not-exercised') return undefined;
  if (tried.has(name)) return { kind: 'passed' };
  return use.kind === 'not-called'
    ? use
    : { kind: 'not-exercised', reason: 'there was nothing to try on it' };
}
