import type { BenchResult, LoadResult } from '../result.ts';

const head =
  'side,users,seconds,calls,calls_per_s,mean_ms,p50_ms,p90_ms,p99_ms,max_ms,failed,wrong,gateway_us,server_us,generator_us,in_flight';

/** A row for each step and each level of the baseline (RFC 4180); empty where nothing could be read. */
export function toCsv({ baseline, sweep }: BenchResult): string {
  const rows = [
    ...(baseline?.levels ?? []).map((level) => toRow('direct', level, null)),
    ...sweep.steps.map((step) => toRow('gateway', step, step.inFlight)),
  ];
  return `${[head, ...rows].join('\r\n')}\r\n`;
}

function toRow(side: string, result: LoadResult, inFlight: number | null): string {
  const { users, seconds, calls, callsPerSecond, latencyMs, failed, wrong, cpuUsPerCall } = result;
  const { mean, p50, p90, p99, max } = latencyMs;
  const { gateway, server, generator } = cpuUsPerCall;
  const numbers = [users, seconds, calls, callsPerSecond, mean, p50, p90, p99, max, failed, wrong];
  return [side, ...[...numbers, gateway, server, generator, inFlight].map(toCell)].join(',');
}

function toCell(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(5)));
}
