import { checks } from '../checks/registry.ts';
import { chooseChecks } from '../engine/choose-checks.ts';
import type { RunSummary } from '../events.ts';
import { readReportSchema } from '../reporters/report-schema.ts';
import { verify } from '../verify.ts';
import { UsageError } from './cli-error.ts';
import { exitCodes, toExitCode } from './exit-code.ts';
import { openBaseline } from './open-baseline.ts';
import { openReports } from './open-reports.ts';
import { openSaving } from './open-saving.ts';
import { openTarget } from './open-target.ts';
import type { Said } from './read-words.ts';
import { listenForSignals } from './signals.ts';
import { toVerifyOptions } from './verify-options.ts';

/**
 * `mcpo-verify [options] -- <server>`: verifies, and resolves with the exit code.
 *
 * @throws {UsageError} when the options cannot be followed
 * @throws {ServerUnavailableError} when the server does not start
 */
export async function runVerify({ flags, server }: Said): Promise<number> {
  if (flags.listChecks === true) {
    for (const { id, severity, title, isOptIn } of checks) {
      const note = isOptIn === true ? ' (only when named)' : '';
      process.stdout.write(`${id.padEnd(30)}${severity.padEnd(9)}${title}${note}\n`);
    }
    return exitCodes.clean;
  }
  if (flags.jsonSchema === true) {
    process.stdout.write(readReportSchema());
    return exitCodes.clean;
  }
  requireChecks(flags.checks, flags.excludeChecks);
  const baseline = openBaseline(flags);
  const target = openTarget(flags, server);
  const { reporters, closeAll } = openReports(flags);
  const consumers = [...reporters, ...(flags.save ? [openSaving(flags, server)] : []), baseline.reporter];
  const stop = listenForSignals();
  try {
    let summary: RunSummary | undefined;
    for await (const event of verify({
      ...toVerifyOptions(flags, server),
      target,
      baseline: baseline.known,
      signal: stop,
    })) {
      for (const consumer of consumers) consumer.onEvent(event);
      if (event.kind === 'run-finished') ({ summary } = event);
    }
    return toExitCode(summary, flags);
  } catch (error) {
    if (stop.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    closeAll();
    baseline.reporter.onEnd?.();
  }
}

function requireChecks(wanted: readonly string[] = ['*'], unwanted: readonly string[] = []): void {
  const { observers, probes, calls, warnings } = chooseChecks(wanted, unwanted);
  if (observers.length + probes.length + calls.length > 0) return;
  throw new UsageError(`no check is chosen: ${warnings.join('; ') || 'all are excluded'}; see --list-checks`);
}
