import { toRunName, type RunReport } from '../collect-runs.ts';
import { toCount, toSeconds } from '../text/summary-text.ts';
import { toFindings } from './finding-article.ts';
import { toFuzzingTable } from './fuzzing-table.ts';
import { markup, type Markup } from './markup.ts';
import { toMatrixTable } from './matrix-table.ts';

/** All that is said of one run. */
export function toRunSection(report: RunReport, number: number): Markup {
  const { run, server, failure, warnings, findings, gone = [] } = report;
  const facts: readonly (readonly [string, string])[] = [
    ['target', run.target],
    ...(server === undefined ? [] : [['protocol', `MCP ${server.protocolVersion}`] as const]),
    ['calls', run.calls === 'all' ? 'all tools' : 'read-only tools, and those allowed'],
    ['seed', String(run.seed)],
    ['started', run.startedAt],
  ];
  return markup`<section class="run" id="run-${number}" aria-labelledby="run-${number}-name">
    <h2 id="run-${number}-name">${toRunName(report)}</h2>
    ${failure === undefined ? undefined : toFailure(failure)} ${toSummary(report)}
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          markup`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${warnings.map((warning) => markup`<p class="notice doubtful">warning: ${warning}</p>`)}
    ${gone.length === 0 ? undefined : toGone(gone)}
    <h3>Findings</h3>
    ${findings.length === 0 ? markup`<p>None.</p>` : toFindings(findings, number)} ${report.checks.length === 0 ? undefined : toMatrixTable(report)}
    ${toFuzzingTable(report.fuzzing)}
  </section>`;
}

function toGone(gone: NonNullable<RunReport['gone']>): Markup {
  const items = gone.map(({ check, title }) => markup`<li><code>${check}</code> ${title}</li>`);
  return markup`<div class="notice bad">
    <p>In the baseline, but not seen any more; --update-baseline takes it out:</p>
    <ul>
      ${items}
    </ul>
  </div>`;
}

function toFailure({ message, stderrTail }: NonNullable<RunReport['failure']>): Markup {
  const tail = stderrTail.length === 0 ? undefined : markup`<pre>${stderrTail.join('\n')}</pre>`;
  return markup`<div class="notice bad">
    <p>Not verified: ${message}</p>
    ${tail}
  </div>`;
}

function toSummary({ summary, failure }: RunReport): Markup | undefined {
  if (summary === undefined) {
    return failure === undefined ? markup`<p class="notice bad">The run came to no end.</p>` : undefined;
  }
  const { checks, tools, findings, baseline, requests, durationMs } = summary;
  const notes = [
    ...(summary.isInterrupted ? ['Interrupted: this is what was found so far.'] : []),
    ...(summary.isCutShort ? ['Ended early: --max-failures was reached.'] : []),
    ...(summary.withoutServer > 0
      ? [`The server could not be started again, ${toCount(summary.withoutServer, 'time')}.`]
      : []),
  ];
  const tiles: readonly (readonly [string, number | string, string])[] = [
    [findings.error === 1 ? 'error' : 'errors', findings.error, findings.error > 0 ? 'bad' : ''],
    [
      findings.warning === 1 ? 'warning' : 'warnings',
      findings.warning,
      findings.warning > 0 ? 'doubtful' : '',
    ],
    ...(baseline === undefined ? [] : [['known', baseline.known, ''] as const]),
    ['flaky', findings.flaky, ''],
    ['checks passed', checks.passed, ''],
    ['checks failed', checks.failed, ''],
    ['not exercised', checks.notExercised, ''],
    ...(checks.notRun > 0 ? [['not run', checks.notRun, 'doubtful'] as const] : []),
    ['tools called', `${tools.called} of ${tools.listed}`, ''],
    ['requests', requests, ''],
    ['taken', toSeconds(durationMs), ''],
  ];
  return markup`${notes.map((note) => markup`<p class="notice doubtful">${note}</p>`)}
    <ul class="tiles">
      ${tiles.map(([name, value, tone]) => markup`<li class="${tone}"><b>${value}</b> ${name}</li>`)}
    </ul>`;
}
