// Every comparison is taken in turn, A B B A, so that what disturbs the machine disturbs all sides alike.
import { readCpuUs, watchCores } from '../../dist/bench/machine.js';

/**
 * Takes one sample of every side per round.
 *
 * @template T
 * @param {number} rounds
 * @param {Readonly<Record<string, () => Promise<T>>>} sides
 * @returns {Promise<Record<string, T[]>>}
 */
export async function interleave(rounds, sides) {
  const names = Object.keys(sides);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) samples[name].push(await sides[name]());
  }
  return samples;
}

/** Runs all sides for nothing: code that is compiled as it gets hot is not what a gateway runs for long. */
export async function warmUp(rounds, sides) {
  for (let round = 0; round < rounds; round += 1) for (const run of Object.values(sides)) await run();
}

/**
 * One run of calls, with the processor time that the process `pid` took for each that succeeded.
 *
 * @param {() => Promise<{succeeded: number, failed: number, callsPerSecond: number, generatorCores: number}>} run
 * @param {readonly number[]} pids
 * @throws {Error} when a call failed: a rate of failures is not a rate
 */
export async function sampleCpu(run, pids) {
  const readCores = watchCores();
  const before = pids.map(readCpuUs);
  const result = await run();
  const usedUs = pids.reduce((sum, pid, index) => sum + readCpuUs(pid) - before[index], 0);
  requireSuccess(result);
  return { ...result, cpuUsPerCall: usedUs / result.succeeded, machineCores: readCores() };
}

/** @throws {Error} when a call failed, or none was made */
export function requireSuccess({ succeeded, failed }) {
  if (failed > 0 || succeeded === 0) throw new Error(`${failed} calls failed, ${succeeded} succeeded`);
}

/** What has to be said of samples whose rate something else than the front may have limited. */
export function limitsOf(samples, cores) {
  const most = (field) => Math.max(...samples.map((sample) => sample[field]));
  const notes = [];
  if (most('generatorCores') > 0.9)
    notes.push(`the load generator was a bottleneck (${most('generatorCores').toFixed(2)} of a core)`);
  if (most('machineCores') > 0.95 * cores)
    notes.push('all cores were busy: rates are ratios of what all processes need together');
  return notes;
}

/** One field of all samples. */
export function pick(samples, field) {
  return samples.map((sample) => sample[field]);
}
