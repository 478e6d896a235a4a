import { randomUUID } from 'node:crypto';
import { appendFileSync, statSync } from 'node:fs';
import { createGithubReporter } from '../reporters/github.ts';
import type { Reporter, Write } from '../reporters/reporter.ts';

/** What a step may say in its summary, in bytes; with more, GitHub shows none of it. */
const MAX_SUMMARY_BYTES = 1024 * 1024;
/** What rounding and the words of GitHub itself may take. */
const SPARE_BYTES = 1024;

/** The reporter for a step of a GitHub workflow: annotations, and the summary of the step. */
export function openGithub({ GITHUB_STEP_SUMMARY: path = '' }: NodeJS.ProcessEnv, write: Write): Reporter {
  return createGithubReporter(write, {
    token: randomUUID(),
    summary: path === '' ? undefined : { maxBytes: MAX_SUMMARY_BYTES - SPARE_BYTES - sizeOf(path), append },
  });

  function append(markdown: string): void {
    try {
      appendFileSync(path, markdown);
    } catch (error) {
      // Verified it is all the same.
      process.stderr.write(`mcpo-verify: cannot write the step summary: ${(error as Error).message}\n`); // fs throws Errors
    }
  }
}

/** Other commands of the same step may have written to it. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
