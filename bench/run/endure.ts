import { runFaults } from '../faults/run-faults.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import type { BenchOptions } from '../options.ts';
import type { BenchResult } from '../result.ts';
import { runSoak } from '../soak/run-soak.ts';
import type { RunningGateway } from '../subject/gateway-process.ts';
import type { Subject } from './subject.ts';

/** How to get at a gateway with the load. */
export interface EndureContext {
  readonly subject: Subject;
  readonly sequence: readonly number[];
  readonly generator: LoadGenerator;
  /** In front of these words, or of the server itself. */
  readonly openGateway: (words?: readonly string[]) => Promise<RunningGateway>;
}

/** What is asked for beyond plain load: faults, and a long time. */
export async function endure(
  options: BenchOptions,
  { subject, sequence, generator, openGateway }: EndureContext,
): Promise<Pick<BenchResult, 'faults' | 'soak'>> {
  const { target, hasFaults, soakMs, users, durationMs, warmUpMs, rate, seed, signal, onProgress } = options;
  const { work } = subject;
  let found: Pick<BenchResult, 'faults' | 'soak'> = {};
  const show = (stage: string, callsPerSecond?: number): void =>
    onProgress?.({ stage, ...(callsPerSecond !== undefined && { callsPerSecond }) });
  if (hasFaults === true && target.kind === 'command' && !signal.aborted) {
    const faults = await runFaults({
      words: target.words,
      isOtherGateway: target.gateway !== undefined,
      startGateway: openGateway,
      work,
      sequence,
      users,
      durationMs,
      warmUpMs,
      seed,
      signal,
      onProgress: show,
    });
    found = { faults };
  }
  if (soakMs !== undefined && !signal.aborted) {
    show('starting the gateway for the soak');
    const gateway = await openGateway();
    try {
      const job = { rate, users, calls: work, sequence };
      const soak = await runSoak({
        generator,
        gateway,
        isOurs: target.kind === 'command' && target.gateway === undefined,
        job,
        durationMs: soakMs,
        warmUpMs,
        signal,
        onProgress: show,
      });
      found = { ...found, soak };
    } finally {
      await gateway.stop();
    }
  }
  return found;
}
