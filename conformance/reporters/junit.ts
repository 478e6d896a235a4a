import type { Finding } from '../findings/finding.ts';
import { collectRuns, toRunName, type CheckReport, type RunReport } from './collect-runs.ts';
import { toFields } from './finding-fields.ts';
import { toMatrix, type Cell } from './matrix.ts';
import type { Reporter, Write } from './reporter.ts';
import { sumRuns } from './sum-runs.ts';
import { element, toXml, type XmlElement } from './xml.ts';

/**
 * Writes JUnit XML at the end of all runs, as Jenkins reads it: a suite for each group of checks, a case for each check,
 * or for each check and tool. What was not exercised is skipped; what is known, too; what is flaky passes; both are told in its output.
 */
export function createJunitReporter(write: Write): Reporter {
  const { onEvent, runs } = collectRuns();
  return { onEvent, onEnd: () => write(toXml(toDocument(runs))) };
}

interface Case {
  readonly name: string;
  readonly cell: Cell | { readonly kind: 'error'; readonly message: string; readonly text: string };
  readonly findings: readonly Finding[];
}

function toDocument(runs: readonly RunReport[]): XmlElement {
  const suites = runs.flatMap((run) => {
    const name = toRunName(run);
    const prefix = runs.length > 1 ? `${name} ` : '';
    const groups = new Set(run.checks.map(toGroup));
    return [
      toSuite('run', toRunCases(run), run, { prefix, durationMs: run.summary?.durationMs ?? 0 }),
      ...[...groups].map((group) => toSuite(group, toCases(run, group), run, { prefix, durationMs: 0 })),
    ];
  });
  const count = (key: 'tests' | 'failures' | 'errors'): number =>
    suites.reduce((sum, { attributes }) => sum + Number(attributes[key]), 0);
  const counts = { tests: count('tests'), failures: count('failures'), errors: count('errors') };
  const time = toTime(sumRuns(runs).durationMs);
  return element('testsuites', { name: 'mcpo-verify', ...counts, time }, suites);
}

/** What tells whether the run itself is to be relied on. */
function toRunCases({ run, server, failure, summary, warnings, gone = [] }: RunReport): readonly Case[] {
  const { startedAt: _at, ...facts } = run;
  const text = [JSON.stringify({ ...facts, server }), ...warnings, ...(failure?.stderrTail ?? [])].join('\n');
  if (failure !== undefined)
    return [{ name: 'server starts', cell: toError(failure.message, text), findings: [] }];
  if (summary === undefined) {
    return [{ name: 'run ends', cell: toError('the run came to no end', text), findings: [] }];
  }
  if (summary.isInterrupted) {
    return [{ name: 'run ends', cell: toError('the run was interrupted', text), findings: [] }];
  }
  const { notRun } = summary.checks;
  const skipped: Case = {
    name: 'all checks are run',
    cell: { kind: 'not-exercised', reason: `${notRun} checks were not run` },
    findings: [],
  };
  const outdated: readonly Case[] = gone.map(({ id, title }) => ({
    name: `baseline ${id}`,
    cell: toError(`a known finding is gone: update the baseline with --update-baseline`, title),
    findings: [],
  }));
  const ended: Case = { name: 'run ends', cell: { kind: 'passed' }, findings: [] };
  return [ended, ...(notRun > 0 ? [skipped] : []), ...outdated];
}

function toError(message: string, text: string): Case['cell'] {
  return { kind: 'error', message, text };
}

function toCases(run: RunReport, group: string): readonly Case[] {
  const { findings, tools } = run;
  return toMatrix(run)
    .filter(({ check }) => toGroup(check) === group)
    .flatMap((row) => {
      const { id } = row.check;
      const own = findings.filter(({ check }) => check === id);
      const named = tools.flatMap(({ name }, at): readonly Case[] => {
        const cell = row.tools[at];
        const about = own.filter(({ tool }) => tool === name);
        return cell === undefined ? [] : [{ name: `${id} [${name}]`, cell, findings: about }];
      });
      const known = new Set(named.flatMap((one) => one.findings));
      // Without a tool, or with one that is no longer listed.
      const rest = own.filter((finding) => !known.has(finding));
      if (row.server === undefined && rest.length === 0) return named;
      const cell = row.server ?? row.check.verdict;
      return [{ name: id, cell, findings: rest }, ...named];
    });
}

function toGroup({ id }: CheckReport): string {
  return id.split('/')[0] ?? id;
}

/** Checks are not timed one by one: all of the time stands at the run. */
function toSuite(
  group: string,
  cases: readonly Case[],
  run: RunReport,
  { prefix, durationMs }: { readonly prefix: string; readonly durationMs: number },
): XmlElement {
  const count = (...kinds: readonly string[]): number =>
    cases.filter(({ cell }) => kinds.includes(cell.kind)).length;
  // A dot parts packages.
  const className = `${toRunName(run).replaceAll('.', '_')}.${group}`;
  const attributes = {
    name: prefix + group,
    tests: cases.length,
    failures: count('failed'),
    errors: count('error'),
    skipped: count('known', 'not-exercised', 'not-called'),
    time: toTime(durationMs),
    timestamp: run.run.startedAt.replace(/\.\d+Z$/, ''),
  };
  const properties = element('properties', {}, [
    element('property', { name: 'target', value: run.run.target }),
    element('property', { name: 'seed', value: run.run.seed }),
    element('property', { name: 'calls', value: run.run.calls }),
  ]);
  return element('testsuite', attributes, [properties, ...cases.map((one) => toCase(one, className))]);
}

function toCase({ name, cell, findings }: Case, className: string): XmlElement {
  return element('testcase', { name, classname: className, time: '0' }, toOutcome(cell, findings));
}

function toOutcome(cell: Case['cell'], findings: readonly Finding[]): readonly XmlElement[] {
  const told = findings.filter(({ isFlaky, isKnown }) => isFlaky || isKnown === true);
  const output = told.length === 0 ? [] : [element('system-out', {}, [toText(told)])];
  switch (cell.kind) {
    case 'passed':
    case 'flaky':
      return output;
    case 'known':
      return [element('skipped', { message: 'known: all that was found is in the baseline' }), ...output];
    case 'failed': {
      const steady = findings.filter(({ isFlaky, isKnown }) => !isFlaky && isKnown !== true);
      const type = steady.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
      const message = steady.map(({ title }) => title).join('; ') || 'its findings stand at its tools';
      return [element('failure', { type, message }, [toText(steady)]), ...output];
    }
    case 'not-exercised':
      return [element('skipped', { message: cell.reason }), ...output];
    case 'not-called':
      return [element('skipped', { message: `not called: ${cell.reason}` }), ...output];
    case 'error':
      return [element('error', { type: 'run', message: cell.message }, [cell.text])];
  }
}

function toText(findings: readonly Finding[]): string {
  return findings
    .map((finding) => {
      const { severity, isFlaky, title } = finding;
      const fields = toFields(finding).map(({ name, text }) => `${name}: ${text}`);
      return [`${isFlaky ? 'flaky ' : ''}${severity}: ${title}`, ...fields].join('\n');
    })
    .join('\n\n');
}

function toTime(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}
