import { appendFileSync, statSync } from 'node:fs';

/** What a step may say in its summary, in bytes; with more, GitHub shows none of it. */
const MAX_SUMMARY_BYTES = 1024 * 1024;
/** What rounding and the words of GitHub itself may take. */
const SPARE_BYTES = 1024;

/** The summary of a step of a GitHub workflow, which other commands of the step may have written to. */
export interface StepSummary {
  /** What there is room for. */
  readonly maxBytes: number;
  /** Never throws: what was found is found all the same. */
  readonly append: (markdown: string) => void;
}

/**
 * Undefined where there is no such summary.
 *
 * @param program that tells on stderr when nothing can be written
 */
export function openStepSummary(
  { GITHUB_STEP_SUMMARY: path = '' }: NodeJS.ProcessEnv,
  program: string,
): StepSummary | undefined {
  if (path === '') return undefined;
  return { maxBytes: MAX_SUMMARY_BYTES - SPARE_BYTES - sizeOf(path), append };

  function append(markdown: string): void {
    try {
      appendFileSync(path, markdown);
    } catch (error) {
      process.stderr.write(`${program}: cannot write the step summary: ${(error as Error).message}\n`); // fs throws Errors
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
