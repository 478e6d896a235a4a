import { createHash } from 'node:crypto';
import { isJsonObject } from '../../src/index.ts';
import { CannotRunError } from '../cannot-run.ts';
import type { BenchResult } from '../result.ts';
import { toWorkItem, type WorkCall } from '../work/calls.ts';
import type { RoundSample, RoundStep } from './comparison.ts';

/** A run that later ones are held against: what was done, where, and every round of it. */
export interface Base extends Conditions, Pick<BenchResult, 'version' | 'machine' | 'target'> {
  readonly format: 'mcpo-bench-base/1';
  /** ISO 8601. */
  readonly savedAt: string;
  readonly steps: readonly RoundStep[];
}

/** What has to be the same for numbers to be comparable. */
export interface Conditions {
  readonly options: BenchResult['options'];
  readonly work: BenchResult['work'];
  /** Of the whole work: what is shown of it is cut. */
  readonly workHash: string;
}

export function toConditions(options: BenchResult['options'], work: readonly WorkCall[]): Conditions {
  const whole = work.map(({ tool, weight, argumentsText }) => [tool, weight, argumentsText]);
  return {
    options,
    work: work.map(toWorkItem),
    workHash: createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 16),
  };
}

export function toBase(
  { version, machine, target, startedAt, options, work }: BenchResult,
  { workHash, steps }: NonNullable<BenchResult['rounds']>,
): Base {
  const conditions = { options, work, workHash };
  return { format: 'mcpo-bench-base/1', version, savedAt: startedAt, machine, target, ...conditions, steps };
}

/**
 * Reads what `--save` wrote.
 *
 * @throws CannotRunError when it is something else
 */
export function parseBase(text: string, path: string): Base {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CannotRunError(`--compare: ${path} is not JSON; write one with --save`);
  }
  if (isBase(value)) return value;
  const isReport = isJsonObject(value) && value['format'] === 'mcpo-bench/1';
  const what = isReport ? 'is a report, which holds no rounds' : 'is no saved run of mcpo-bench';
  throw new CannotRunError(`--compare: ${path} ${what}; write one with --save`);
}

/**
 * Refuses to compare what is not comparable.
 *
 * @throws CannotRunError
 */
export function requireSame(base: Base, now: Conditions, path: string): void {
  const remedy = 'repeat what was done then, or save a new one';
  const [then, ours] = [base.options, now.options].map(describeOptions);
  if (then !== ours) {
    throw new CannotRunError(`--compare: ${path} is of other options (${then}; now ${ours}): ${remedy}`);
  }
  if (base.workHash !== now.workHash) {
    const [old, fresh] = [base.work, now.work].map(describeWork);
    const difference = old === fresh ? 'in arguments past what is shown' : `${old}; now ${fresh}`;
    throw new CannotRunError(`--compare: ${path} is of other work (${difference}): ${remedy}`);
  }
}

function describeOptions({
  users,
  durationMs,
  warmUpMs,
  rate,
  seed,
  rounds,
}: BenchResult['options']): string {
  const words = [
    `--users ${users}`,
    `--duration ${durationMs}ms`,
    `--warm-up ${warmUpMs}ms`,
    `--seed ${seed}`,
    `--rounds ${rounds}`,
  ];
  return [...words, ...(rate === undefined ? [] : [`--rate ${rate}`])].join(' ');
}

function describeWork(work: BenchResult['work']): string {
  const calls = work.map(
    ({ tool, weight, shownArguments }) =>
      `${tool}${weight === 1 ? '' : `:${weight}`} ${shownArguments.slice(0, 60)}${shownArguments.length > 60 ? '…' : ''}`,
  );
  return [...calls.slice(0, 3), ...(calls.length > 3 ? ['…'] : [])].join(', ');
}

function isBase(value: unknown): value is Base {
  return (
    isJsonObject(value) &&
    value['format'] === 'mcpo-bench-base/1' &&
    ['savedAt', 'version', 'workHash'].every((key) => typeof value[key] === 'string') &&
    has(value['options'], ['users', 'durationMs', 'warmUpMs', 'seed', 'rounds'], 'number') &&
    has(value['machine'], ['cpu', 'platform', 'node'], 'string') &&
    has(value['machine'], ['cores', 'memoryMb'], 'number') &&
    has(value['target'], ['name', 'gateway'], 'string') &&
    isArrayOf(value['work'], (item) => has(item, ['tool', 'shownArguments'], 'string')) &&
    isArrayOf(value['steps'], isStep)
  );
}

function isStep(value: unknown): value is RoundStep {
  return isJsonObject(value) && has(value, ['users'], 'number') && isArrayOf(value['rounds'], isSample);
}

function isSample(value: unknown): value is RoundSample {
  if (!isJsonObject(value) || !has(value, ['callsPerSecond', 'failed', 'wrong'], 'number')) return false;
  return ['p50Ms', 'p99Ms', 'cpuUs'].every((key) => value[key] === null || typeof value[key] === 'number');
}

function has(value: unknown, keys: readonly string[], type: 'string' | 'number'): boolean {
  return isJsonObject(value) && keys.every((key) => typeof value[key] === type);
}

function isArrayOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isItem);
}
