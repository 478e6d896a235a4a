import { randomUUID } from 'node:crypto';
import { createGithubReporter } from '../reporters/github.ts';
import type { Reporter, Write } from '../reporters/reporter.ts';
import { openStepSummary } from './step-summary.ts';

/** The reporter for a step of a GitHub workflow: annotations, and the summary of the step. */
export function openGithub(env: NodeJS.ProcessEnv, write: Write): Reporter {
  return createGithubReporter(write, {
    token: randomUUID(),
    summary: openStepSummary(env, 'mcpo-verify'),
  });
}
