import type { Base } from '../compare/base.ts';
import type { BenchResult } from '../result.ts';

/** The whole result, or what is kept of it; five significant digits of each number: more is noise. */
export function toJson(result: BenchResult | Base): string {
  return `${JSON.stringify(result, (_key, value: unknown) => round(value), 2)}\n`;
}

function round(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
