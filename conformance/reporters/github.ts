import type { Finding } from '../findings/finding.ts';
import { collectRuns, toRunName, type RunReport } from './collect-runs.ts';
import { toLevel } from './level.ts';
import { toMarkdown } from './markdown.ts';
import type { Reporter, Write } from './reporter.ts';
import { toVisible } from './visible.ts';

export interface GithubOptions {
  /** Something that nobody can guess: it turns workflow commands on again. */
  readonly token: string;
  /** Undefined when there is none to write to. */
  readonly summary: { readonly maxBytes: number; readonly append: (markdown: string) => void } | undefined;
}

/** GitHub shows so many of each level a step. */
const MAX_ANNOTATIONS = 10;

/**
 * Annotates a GitHub workflow with findings, and writes the summary of its step. While others write, workflow commands
 * are off: what a server says must not become one.
 *
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function createGithubReporter(write: Write, { token, summary }: GithubOptions): Reporter {
  const { onEvent, runs } = collectRuns();
  return {
    onEvent: (event) => {
      if (event.kind === 'run-started' && runs.length === 0) write(`::stop-commands::${token}\n`);
      onEvent(event);
    },
    onEnd: () => {
      if (runs.length === 0) return;
      write(`::${token}::\n`);
      for (const line of toAnnotations(runs)) write(`${line}\n`);
      if (summary !== undefined && summary.maxBytes > 0) {
        summary.append(toMarkdown(runs, { maxBytes: summary.maxBytes }));
      }
    },
  };
}

function toAnnotations(runs: readonly RunReport[]): readonly string[] {
  const all = runs.flatMap((run) => [
    ...(run.failure === undefined
      ? []
      : [toAnnotation('error', `${toRunName(run)} was not verified`, run.failure.message)]),
    ...run.findings.flatMap((finding) => toFindingAnnotation(finding, run)),
    ...(run.gone ?? []).map(({ id, title }) =>
      toAnnotation(
        'error',
        `The baseline is out of date: ${id}`,
        `${title}\nwas not seen; run with --update-baseline`,
      ),
    ),
  ]);
  return (['error', 'warning'] as const).flatMap((level) => {
    const own = all.filter((line) => line.startsWith(`::${level} `));
    if (own.length <= MAX_ANNOTATIONS) return own;
    const left = own.length - MAX_ANNOTATIONS + 1;
    const more = `${left} more; the summary of this step and the report have them`;
    return [...own.slice(0, MAX_ANNOTATIONS - 1), toAnnotation(level, `mcpo-verify`, more)];
  });
}

function toFindingAnnotation(finding: Finding, run: RunReport): readonly string[] {
  const level = toLevel(finding);
  if (level !== 'error' && level !== 'warning') return [];
  const { title, tool, check, expected, seen, replay } = finding;
  const subject = tool === undefined ? toRunName(run) : `${toRunName(run)}, ${tool}`;
  const text = [
    subject,
    `expected: ${toExcerpt(expected)}`,
    `seen: ${toExcerpt(seen)}`,
    `replay: ${toVisible(replay)}`,
  ];
  return [toAnnotation(level, `${check}: ${title}`, text.join('\n'))];
}

const SHOWN_TEXT = 500;

function toExcerpt(text: string): string {
  const visible = toVisible(text);
  return visible.length <= SHOWN_TEXT ? visible : `${visible.slice(0, SHOWN_TEXT)}…`;
}

function toAnnotation(level: 'error' | 'warning', title: string, message: string): string {
  const visible = toVisible(message, { keepsLines: true });
  return `::${level} title=${escapeProperty(toVisible(title))}::${escapeText(visible)}`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
