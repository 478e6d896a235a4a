import type { Flags } from '../cli-options.ts';
import type { VerifyOptions } from '../options.ts';

/** The flags as options of the library; the rest of the flags is for the command alone. */
export function toVerifyOptions(flags: Flags, command: readonly string[]): Omit<VerifyOptions, 'target'> {
  const { requestTimeout, failOn: _failOn, report: _report, listChecks: _list, cwd, env, ...rest } = flags;
  const options = [
    ...(requestTimeout === 30 ? [] : ['--request-timeout', String(requestTimeout)]),
    ...(cwd === undefined ? [] : ['--cwd', cwd]),
    // Values may be secrets: who replays it knows them.
    ...Object.keys(env ?? {}).flatMap((name) => ['--env', `${name}=…`]),
  ];
  return { ...rest, requestTimeoutMs: requestTimeout * 1000, commandLine: { options, command } };
}
