import type { Machine } from '../machine.ts';
import type { BenchResult } from '../result.ts';
import type { Base } from './base.ts';
import { compareRounds, joinVerdicts } from './compare-rounds.ts';
import type { Comparison, RoundStep } from './comparison.ts';

export function compareBase(base: Base, steps: readonly RoundStep[], path: string): Comparison {
  const compared = compareRounds(base.steps, steps);
  return {
    path,
    savedAt: base.savedAt,
    version: base.version,
    gateway: base.target.gateway,
    machine: base.machine,
    verdict: joinVerdicts(compared.map(({ verdict }) => verdict)),
    steps: compared,
  };
}

/** What else differs than what is compared, a sentence each. */
export function warnOfDifferences(
  base: Base,
  { machine, target }: Pick<BenchResult, 'machine' | 'target'>,
  path: string,
): readonly string[] {
  const differences = findDifferences(base.machine, machine);
  return [
    ...(differences.length === 0
      ? []
      : [
          `${path} was saved on another machine (${differences.join(', ')}): what changed may be the machine's`,
        ]),
    ...(base.machine.node === machine.node
      ? []
      : [`${path} was saved with Node ${base.machine.node}, this is ${machine.node}`]),
    ...(base.target.name === target.name
      ? []
      : [`${path} was saved with another server: ${base.target.name}`]),
  ];
}

function findDifferences(base: Machine, now: Machine): readonly string[] {
  // Kernels that differ keep a little more or less of the same memory to themselves.
  const isOtherMemory = Math.abs(base.memoryMb / now.memoryMb - 1) > 0.05;
  return [
    ...(['cpu', 'platform'] as const)
      .filter((key) => base[key] !== now[key])
      .map((key) => `${base[key]}, now ${now[key]}`),
    ...(base.cores === now.cores ? [] : [`${base.cores} cores, now ${now.cores}`]),
    ...(isOtherMemory ? [`${base.memoryMb} MB, now ${now.memoryMb}`] : []),
  ];
}
