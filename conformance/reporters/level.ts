import type { Finding, Severity } from '../findings/finding.ts';

/** What a finding means for the run: only errors and warnings may fail it. */
export type Level = Severity | 'known' | 'flaky';

/** Of the baseline, not seen again, or its severity. */
export function toLevel({ severity, isKnown, isFlaky }: Finding): Level {
  if (isFlaky) return 'flaky';
  return isKnown === true ? 'known' : severity;
}
