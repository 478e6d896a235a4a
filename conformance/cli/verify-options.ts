import type { Flags } from '../cli-options.ts';
import type { VerifyOptions } from '../options.ts';
import { toShownHeaders } from './headers.ts';
import { toSavedReplay } from './saved-replay.ts';

/** The flags as options of the library; the rest of the flags is for the command alone. */
export function toVerifyOptions(flags: Flags, command: readonly string[]): Omit<VerifyOptions, 'target'> {
  const { seed, checks, excludeChecks, include, exclude, allow, arguments: fixed, tools, phases } = flags;
  const { calls, maxExamples, concurrency, maxFailures, protocolVersion } = flags;
  return {
    calls,
    maxExamples,
    concurrency,
    protocolVersion,
    maxTimeMs: flags.maxTime,
    shrinks: flags.shrink,
    requestTimeoutMs: flags.requestTimeout,
    ...(seed !== undefined && { seed }),
    ...(checks !== undefined && { checks }),
    ...(excludeChecks !== undefined && { excludeChecks }),
    ...(include !== undefined && { include }),
    ...(exclude !== undefined && { exclude }),
    ...(allow !== undefined && { allow }),
    ...(fixed !== undefined && { arguments: fixed }),
    ...(tools !== undefined && { tools }),
    ...(phases !== undefined && { phases }),
    ...(maxFailures !== undefined && { maxFailures }),
    commandLine: {
      options: toReplayOptions(flags),
      command,
      ...(flags.save && { toSavedReplay: (id: string) => toSavedReplay(flags, id) }),
    },
  };
}

/** Options that change what the server is sent, beside those that the engine knows. */
function toReplayOptions({
  settings,
  cwd,
  env,
  type,
  header = [],
  config,
  server = [],
  rest,
  restHeader = [],
  restDocument,
  contract,
  ...flags
}: Flags): readonly string[] {
  return [
    ...(flags.requestTimeout === 30_000 ? [] : ['--request-timeout', `${flags.requestTimeout}ms`]),
    ...(flags.concurrency === 8 ? [] : ['--concurrency', String(flags.concurrency)]),
    ...(flags.phases === undefined ? [] : ['--phases', flags.phases.join(',')]),
    ...(flags.maxExamples === 100 ? [] : ['--max-examples', String(flags.maxExamples)]),
    ...(flags.maxTime === 300_000 ? [] : ['--max-time', `${flags.maxTime}ms`]),
    ...(flags.shrink ? [] : ['--no-shrink']),
    ...(type === undefined ? [] : ['--type', type]),
    ...toShownHeaders(header).flatMap((text) => ['--header', text]),
    ...(config === undefined ? [] : ['--config', config]),
    ...server.flatMap((name) => ['--server', name]),
    ...(rest === undefined ? [] : ['--rest', rest]),
    ...toShownHeaders(restHeader).flatMap((text) => ['--rest-header', text]),
    ...(restDocument === undefined ? [] : ['--rest-document', restDocument]),
    ...(contract === undefined ? [] : ['--contract', contract]),
    ...(cwd === undefined ? [] : ['--cwd', cwd]),
    ...(typeof settings === 'string' ? ['--settings', settings] : []),
    // Values may be secrets: who replays it knows them.
    ...Object.keys(env ?? {}).flatMap((name) => ['--env', `${name}=…`]),
  ];
}
