import type { Finding } from '../findings/finding.ts';
import { collectRuns, toRunName, type RunReport } from './collect-runs.ts';
import { toFields } from './finding-fields.ts';
import { toFuzzingRows, toRate, toSent } from './fuzzing-rows.ts';
import { toDiff } from './json-diff.ts';
import { toLevel, type Level } from './level.ts';
import { toFence, toMarkdownCode, toMarkdownText } from './markdown-text.ts';
import type { Reporter, Write } from './reporter.ts';
import { sumRuns } from './sum-runs.ts';
import { toCheckCounts, toCount, toFindingCounts, toSeconds } from './text/summary-text.ts';
import { toTone } from './tone.ts';
import { toExcerpt } from './visible.ts';
import { phases } from '../fuzzing/test-call.ts';

/** What a comment on a pull request may hold, and some room for words around it. */
const COMMENT_BYTES = 60_000;
const SHOWN_TEXT = 1_000;
const SHOWN_LINES_OF_DIFF = 60;

/** Writes Markdown for a comment on a pull request. */
export function createMarkdownReporter(write: Write): Reporter {
  const { onEvent, runs } = collectRuns();
  return { onEvent, onEnd: () => write(toMarkdown(runs, { maxBytes: COMMENT_BYTES })) };
}

/** The runs as Markdown, of no more bytes than that; findings that have no room are counted. */
export function toMarkdown(runs: readonly RunReport[], { maxBytes }: { readonly maxBytes: number }): string {
  const page = createPage(maxBytes);
  page.add(toHead(runs));
  let hidden = 0;
  for (const run of runs) {
    if (runs.length > 1) page.add(`### ${toMarkdownText(toRunName(run))}`);
    for (const finding of run.findings) if (!page.add(toFindingBlock(finding))) hidden += 1;
    for (const block of [toGone(run), toFuzzing(run), toUnexercised(run), toWarnings(run)]) {
      if (block !== undefined) page.add(block);
    }
  }
  return page.end(
    hidden > 0 ? `*${hidden} more findings have no room here; the other reports have them.*` : '',
  );
}

interface Page {
  /** False when there was no room. */
  readonly add: (block: string) => boolean;
  readonly end: (last: string) => string;
}

const ROOM_FOR_LAST = 200;

function createPage(maxBytes: number): Page {
  const blocks: string[] = [];
  let left = maxBytes - ROOM_FOR_LAST;
  return {
    add: (block) => {
      const size = Buffer.byteLength(block) + 2;
      if (size > left) return false;
      left -= size;
      blocks.push(block);
      return true;
    },
    end: (last) => `${[...blocks, ...(last === '' ? [] : [last])].join('\n\n')}\n`,
  };
}

function toHead(runs: readonly RunReport[]): string {
  const { findings } = sumRuns(runs);
  const sign = { bad: '❌', doubtful: '⚠️', good: '✅' }[toTone(runs)];
  const rows = runs.map((run) => {
    const { summary, failure } = run;
    const name = toMarkdownText(toRunName(run));
    if (summary === undefined) {
      return `| ${name} | ❌ ${toMarkdownText(failure?.message ?? 'the run came to no end')} | | | |`;
    }
    const { checks, tools, requests, durationMs, isInterrupted } = summary;
    return `| ${[
      name,
      (isInterrupted ? 'interrupted: ' : '') + toFindingCounts(summary.findings),
      toCheckCounts(checks),
      `${tools.called} of ${tools.listed}`,
      `${requests} in ${toSeconds(durationMs)}`,
    ].join(' | ')} |`;
  });
  return [
    `## ${sign} mcpo-verify: ${toFindingCounts(findings)}`,
    '',
    '| server | findings | checks | tools called | requests |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function toFindingBlock(finding: Finding): string {
  const { title, tool, check } = finding;
  const sign = signs[toLevel(finding)];
  const about = tool === undefined ? '' : ` ${toMarkdownCode(tool)}`;
  const fields = toFields(finding).filter(
    ({ name }) => !['check', 'replay', 'elsewhere', 'curl'].includes(name),
  );
  const text = fields.map(
    ({ name, text: value }) => `${`${name}:`.padEnd(10)} ${toExcerpt(value, SHOWN_TEXT)}`,
  );
  const diff = toDiff(finding);
  return toDetails(`${sign}: ${toMarkdownText(title)}${about} (${toMarkdownCode(check)})`, [
    toFence(text.join('\n'), 'text'),
    ...(diff === undefined ? [] : [toFence(toDiffText(diff), 'diff')]),
    toFence(toCommands(finding), 'sh'),
  ]);
}

function toCommands({ replay, replayElsewhere, curl }: Finding): string {
  return [replay, replayElsewhere, curl].filter((command) => command !== undefined).join('\n');
}

const signs: Readonly<Record<Level, string>> = {
  error: '❌ error',
  warning: '⚠️ warning',
  known: '☑️ known',
  flaky: '❔ flaky',
};

function toDiffText(lines: NonNullable<ReturnType<typeof toDiff>>): string {
  const marks = { same: ' ', expected: '-', seen: '+' };
  return lines
    .slice(0, SHOWN_LINES_OF_DIFF)
    .map(({ kind, text }) => `${marks[kind]} ${toExcerpt(text, SHOWN_TEXT)}`)
    .join('\n');
}

function toGone({ gone = [] }: RunReport): string | undefined {
  if (gone.length === 0) return undefined;
  const items = gone.map(
    ({ id, check, title }) => `- ${toMarkdownCode(id)} ${toMarkdownCode(check)} ${toMarkdownText(title)}`,
  );
  return ['❌ In the baseline, but not seen any more (`--update-baseline` takes it out):', '', ...items].join(
    '\n',
  );
}

function toFuzzing({ fuzzing }: RunReport): string | undefined {
  const rows = toFuzzingRows(fuzzing);
  if (rows.length === 0) return undefined;
  return toDetails(
    `Fuzzing: ${toCount(
      rows.reduce((sum, { sent }) => sum + sent, 0),
      'call',
    )} of ${toCount(rows.length, 'tool')}`,
    [
      [
        `| tool | ${phases.join(' | ')} | refused | per second | untestable |`,
        `|---|${phases.map(() => '--:|').join('')}--:|--:|--:|`,
        ...rows.map(({ tool, phases: reports, callsPerSecond, untestable }) => {
          const negative = reports.get('negative');
          const sent = phases.map((phase) => {
            const report = reports.get(phase);
            return report === undefined ? '' : toSent(report);
          });
          const refused = negative === undefined ? '' : `${negative.refused} of ${negative.sent}`;
          return `| ${[toMarkdownCode(tool), ...sent, refused, toRate(callsPerSecond), untestable.length].join(' | ')} |`;
        }),
      ].join('\n'),
    ],
  );
}

function toUnexercised({ checks, tools }: RunReport): string | undefined {
  const skipped = checks.flatMap(({ id, verdict }) =>
    verdict.kind === 'not-exercised' ? [`| ${toMarkdownCode(id)} | ${toMarkdownText(verdict.reason)} |`] : [],
  );
  const uncalled = tools.flatMap(({ name, use }) =>
    use.kind === 'not-called'
      ? [`| ${toMarkdownCode(name)} | ${toMarkdownText(`not called: ${use.reason}`)} |`]
      : [],
  );
  if (skipped.length + uncalled.length === 0) return undefined;
  const counts = `${toCount(skipped.length, 'check')}, ${toCount(uncalled.length, 'tool')}`;
  const table = ['| check or tool | because |', '|---|---|', ...skipped, ...uncalled].join('\n');
  return toDetails(`Not exercised, so nothing is known: ${counts}`, [table]);
}

function toWarnings({ warnings }: RunReport): string | undefined {
  if (warnings.length === 0) return undefined;
  return toDetails('Warnings', [warnings.map((warning) => `- ${toMarkdownText(warning)}`).join('\n')]);
}

/** Markdown begins anew after an empty line. */
function toDetails(summary: string, blocks: readonly string[]): string {
  return [`<details><summary>${summary}</summary>`, ...blocks, '</details>'].join('\n\n');
}
