import { checks } from '../checks/registry.ts';
import { chooseChecks } from '../engine/choose-checks.ts';
import type { KnownFinding } from '../baseline/known-finding.ts';
import type { Flags } from '../cli-options.ts';
import type { RunSummary, VerifyEvent } from '../events.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { readReportSchema } from '../reporters/report-schema.ts';
import { ServerUnavailableError } from '../engine/session-keeper.ts';
import { verify } from '../verify.ts';
import { chooseTargets, type ChosenTarget } from './choose-targets.ts';
import { UsageError } from './cli-error.ts';
import { exitCodes, toExitCode } from './exit-code.ts';
import { openBaseline } from './open-baseline.ts';
import { openReports } from './open-reports.ts';
import { openSaving } from './open-saving.ts';
import type { Said } from './read-words.ts';
import { readRestFlags } from './rest-flags.ts';
import { listenForSignals } from './signals.ts';
import { toVerifyOptions } from './verify-options.ts';

/**
 * `mcpo-verify [options] -- <server>`: verifies one server after the other, and resolves with the worst exit code.
 *
 * @throws {UsageError} when the options cannot be followed
 * @throws {ServerUnavailableError} when the only server does not start
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
  const chosen = chooseTargets(flags, server, (message) => {
    process.stderr.write(`mcpo-verify: ${message}\n`);
  });
  const { reporters, closeAll } = openReports(flags);
  const stop = listenForSignals();
  let worst: number = exitCodes.clean;
  try {
    for (const one of chosen) {
      if (stop.aborted) return exitCodes.interrupted;
      const own = toOwnFlags(flags, one);
      const saving = flags.save ? [openSaving(own, one.words)] : [];
      const consumers = [...reporters, ...saving, baseline.reporter];
      worst = Math.max(worst, await verifyOne(one, own, { consumers, known: baseline.known, stop }));
    }
    return worst;
  } catch (error) {
    if (stop.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    closeAll();
    baseline.reporter.onEnd?.();
  }
}

interface RunSurroundings {
  readonly consumers: readonly Reporter[];
  readonly known: readonly KnownFinding[] | undefined;
  readonly stop: AbortSignal;
}

async function verifyOne(
  { server, open, words }: ChosenTarget,
  flags: Flags,
  { consumers, known, stop }: RunSurroundings,
): Promise<number> {
  const tell = (event: VerifyEvent): void => {
    for (const consumer of consumers) consumer.onEvent(event);
  };
  let summary: RunSummary | undefined;
  try {
    const more = await readRestFlags(flags);
    const target = await open();
    const options = {
      ...toVerifyOptions(flags, words),
      ...more,
      target,
      server,
      baseline: known,
      signal: stop,
    };
    for await (const event of verify(options)) {
      tell(event);
      if (event.kind === 'run-finished') ({ summary } = event);
    }
  } catch (error) {
    if (!(error instanceof ServerUnavailableError) || stop.aborted) throw error;
    const { message, stderrTail } = error;
    tell({ kind: 'run-failed', message, stderrTail });
    // The others are still to be verified.
    if (server === undefined) throw error;
    return exitCodes.couldNotRun;
  }
  return toExitCode(summary, flags);
}

/** The flags for one of several servers: what its configuration says of it counts too. */
function toOwnFlags(flags: Flags, { server, config }: ChosenTarget): Flags {
  if (config === undefined || server === undefined) return flags;
  const include = flags.include ?? config.include;
  return {
    ...flags,
    server: [server],
    ...(include !== undefined && { include }),
    exclude: [...(flags.exclude ?? []), ...config.exclude],
    // A tool that may take longer there is not late here.
    requestTimeout: Math.max(flags.requestTimeout, config.callTimeoutMs ?? 0),
  };
}

function requireChecks(wanted: readonly string[] = ['*'], unwanted: readonly string[] = []): void {
  const { observers, probes, calls, warnings } = chooseChecks(wanted, unwanted);
  if (observers.length + probes.length + calls.length > 0) return;
  throw new UsageError(`no check is chosen: ${warnings.join('; ') || 'all are excluded'}; see --list-checks`);
}
