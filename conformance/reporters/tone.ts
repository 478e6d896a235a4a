import type { RunReport } from './collect-runs.ts';

/** What runs come to, for those who only glance: `good` is said of whole runs without findings alone. */
export type Tone = 'good' | 'doubtful' | 'bad';

export function toTone(runs: readonly RunReport[]): Tone {
  const tones = new Set(runs.map(toneOf));
  if (tones.has('bad')) return 'bad';
  return tones.has('doubtful') || runs.length === 0 ? 'doubtful' : 'good';
}

function toneOf({ summary }: RunReport): Tone {
  if (summary === undefined) return 'bad';
  const { findings, baseline, isInterrupted, isCutShort, withoutServer } = summary;
  if (findings.error > 0 || (baseline?.gone ?? 0) > 0) return 'bad';
  const isWhole = !isInterrupted && !isCutShort && withoutServer === 0;
  return findings.warning > 0 || !isWhole ? 'doubtful' : 'good';
}
