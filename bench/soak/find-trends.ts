import { judgeDrift, type DriftLimits } from './judge-drift.ts';
import type { SoakSample, Trend, TrendName } from './soak-result.ts';

interface Watched {
  readonly what: TrendName;
  readonly unit: Trend['unit'];
  readonly pick: (sample: SoakSample) => number | null;
  readonly limits: DriftLimits;
}

/** Memory and files are only ever leaked; times and rates vary with what else the machine does. */
const held = { part: 0.02, least: 1 };
const timed = { part: 0.1, least: 0.2 };

const watched: readonly Watched[] = [
  { what: 'gateway memory', unit: 'MB', pick: (sample) => sample.gatewayRssMb, limits: held },
  { what: 'gateway files', unit: '', pick: (sample) => sample.gatewayFiles, limits: held },
  { what: 'server memory', unit: 'MB', pick: (sample) => sample.serverRssMb, limits: held },
  { what: 'server files', unit: '', pick: (sample) => sample.serverFiles, limits: held },
  {
    what: 'gateway loop lag',
    unit: 'ms',
    pick: (sample) => sample.gatewayLoopLagMs,
    limits: { part: 0.1, least: 1 },
  },
  { what: 'latency p50', unit: 'ms', pick: (sample) => sample.p50Ms, limits: timed },
  { what: 'latency p99', unit: 'ms', pick: (sample) => sample.p99Ms, limits: timed },
  { what: 'calls/s', unit: '', pick: (sample) => sample.callsPerSecond, limits: timed },
];

/** Where each number goes that could be read. */
export function findTrends(samples: readonly SoakSample[]): readonly Trend[] {
  return watched.flatMap(({ what, unit, pick, limits }) => {
    const points = samples.flatMap((sample) => {
      const value = pick(sample);
      return value === null ? [] : [{ atMs: sample.atMs, value }];
    });
    return points.length === 0 ? [] : [{ what, unit, drift: judgeDrift(points, limits) }];
  });
}
