import type { Machine } from '../machine.ts';
import type { Step } from '../result.ts';

/** A generator that computes most of the time is slow to notice answers. */
const busyCores = 0.9;
/** Half of the calls waited at least this part of their time for the generator itself. */
const lagPart = 0.2;
const leastLagMs = 1;
/** From here on, a lighter client would see clearly more. */
const ownPart = 0.2;
const keptRate = 0.95;

/** What has to be known to judge the numbers. */
export function findWarnings(
  steps: readonly Step[],
  {
    machine,
    othersCores,
    rate,
  }: { readonly machine: Machine; readonly othersCores: number; readonly rate: number | undefined },
): readonly string[] {
  const warnings: string[] = [];
  if (othersCores > 0.2) {
    warnings.push(
      `others kept ${othersCores.toFixed(1)} of ${machine.cores} cores busy before the run: ratios hold, rates do not`,
    );
  }
  const limited = steps.filter(isGeneratorLimited);
  if (limited.length > 0) {
    const most = Math.max(...limited.map(({ generator }) => generator.cores));
    warnings.push(
      `the load generator was a bottleneck at ${listUsers(limited)} (${most.toFixed(2)} of a core each): the server may carry more than is shown`,
    );
  }
  const late = steps.filter((step) => !isGeneratorLimited(step) && isGeneratorLate(step));
  if (late.length > 0) {
    const most = Math.max(...late.map(({ generator }) => generator.loopLagP50Ms));
    warnings.push(
      `the load generator was late by ${most.toFixed(1)} ms (median) at ${listUsers(late)}: latencies include that`,
    );
  }
  const heavy = steps.filter(
    (step) => !isGeneratorLimited(step) && !isGeneratorLate(step) && isGeneratorHeavy(step),
  );
  if (heavy.length > 0) {
    warnings.push(
      `the load generator's own work was more than a fifth of a call at ${listUsers(heavy)}: a lighter client sees more calls/s`,
    );
  }
  const full = steps.filter(
    ({ machineCores }) => machineCores !== null && machineCores > 0.95 * machine.cores,
  );
  if (full.length > 0) {
    warnings.push(
      `all cores were busy at ${listUsers(full)}: gateway, server and load generator took time from each other`,
    );
  }
  const slow =
    rate === undefined ? undefined : steps.find(({ callsPerSecond }) => callsPerSecond < keptRate * rate);
  if (slow !== undefined) {
    warnings.push(
      `the rate of ${rate} calls/s was not kept: ${slow.callsPerSecond.toFixed(0)} calls/s succeeded`,
    );
  }
  return warnings;
}

/** Whether the load generator, not what it measured, was what limited the rate. */
function isGeneratorLimited({ generator }: Pick<Step, 'generator'>): boolean {
  return generator.cores > busyCores;
}

function isGeneratorLate({ generator, latencyMs }: Step): boolean {
  return generator.loopLagP50Ms > leastLagMs && generator.loopLagP50Ms > lagPart * latencyMs.p50;
}

/** Whether what the generator computes for a call is much of what the call takes: with few users, nothing hides it. */
function isGeneratorHeavy({ cpuUsPerCall, latencyMs }: Step): boolean {
  const { generator } = cpuUsPerCall;
  return generator !== null && generator > ownPart * 1_000 * latencyMs.p50;
}

function listUsers(steps: readonly Step[]): string {
  const users = steps.map((step) => step.users);
  return `${users.join(', ')} ${users.length === 1 && users[0] === 1 ? 'user' : 'users'}`;
}
