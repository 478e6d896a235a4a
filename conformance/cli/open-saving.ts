import { packageVersion } from '../../src/index.ts';
import type { Flags } from '../cli-options.ts';
import type { Finding } from '../findings/finding.ts';
import type { Reporter } from '../reporters/reporter.ts';
import type { SavedFinding } from '../saved/saved-finding.ts';
import { createSavingReporter } from '../saved/saving-reporter.ts';
import { toShownHeaders } from './headers.ts';
import { toVerifyOptions } from './verify-options.ts';

/** What saves the findings of a run. */
export function openSaving(flags: Flags, server: readonly string[]): Reporter {
  const {
    commandLine: _line,
    checks: _checks,
    excludeChecks: _not,
    seed: _seed,
    ...options
  } = toVerifyOptions(flags, server);
  const { maxFailures: _max, ...sending } = options;
  const { cwd, env, type, header, config, server: names, rest, restHeader, restDocument, contract } = flags;
  const target = {
    command: server,
    folder: process.cwd(),
    flags: {
      ...(cwd !== undefined && { cwd }),
      ...(type !== undefined && { type }),
      ...(header !== undefined && { header: toShownHeaders(header) }),
      ...(config !== undefined && { config }),
      ...(names !== undefined && { server: names }),
      ...(rest !== undefined && { rest }),
      ...(restHeader !== undefined && { restHeader: toShownHeaders(restHeader) }),
      ...(restDocument !== undefined && { restDocument }),
      ...(contract !== undefined && { contract }),
    },
    env: Object.keys(env ?? {}),
  };
  const toSaved = (finding: Finding): SavedFinding => ({
    version: 1,
    savedBy: `mcpo-verify ${packageVersion}`,
    target,
    options: sending,
    finding,
  });
  return createSavingReporter({
    folder: flags.saveDir,
    toSaved,
    onFailure: (reason) =>
      process.stderr.write(`mcpo-verify: no finding is saved (${reason}); see --save-dir and --no-save\n`),
  });
}
