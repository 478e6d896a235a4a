/** Users of each step: 1, 2, 4 … and the most. */
export function toUserSteps(users: number): readonly number[] {
  const steps: number[] = [];
  for (let step = 1; step < users; step *= 2) steps.push(step);
  return [...steps, users];
}

/** A step of a sweep, as far as the knee needs it. */
export interface KneeStep {
  readonly users: number;
  readonly callsPerSecond: number;
}

/** Less is within what machines do by themselves. */
const growth = 1.1;

/** The users past which throughput stops growing; null when it still grew at the end, or with fewer than three steps. */
export function findKnee(steps: readonly KneeStep[]): number | null {
  if (steps.length < 3) return null;
  const index = steps.findIndex(
    ({ callsPerSecond }, at) =>
      callsPerSecond > 0 &&
      steps.slice(at + 1).every((later) => later.callsPerSecond <= growth * callsPerSecond),
  );
  // The last step has none after it that could be better.
  return index === -1 || index === steps.length - 1 ? null : (steps[index]?.users ?? null);
}
