#!/usr/bin/env node
import { toKnownCallers } from '../config/known-callers.ts';
import type { Settings } from '../config/settings.ts';
import { needsRulesFor, noRulesBeside } from './authorization-flags.ts';
import { HangUps } from './hang-ups.ts';
import type { FollowedConfig } from './hot-reload.ts';
import { printOpenapi } from './print-openapi.ts';
import type { ReadyNote } from './ready-line.ts';
import { parseCommand, reportError, splitArguments, tolerateClosedOutput } from './run-command.ts';
import { serveCommand, variableOf } from './serve-flags.ts';
import { toServeRequest, type ServeRequest } from './serve-options.ts';
import { listenForSignals } from './signals.ts';
import { warnOfStart } from './start-warnings.ts';
import { warnOfUnread } from './unread-variables.ts';

tolerateClosedOutput();
process.exitCode = await main(process.argv.slice(2));
// What may still be open after a failure must not keep the process.
setTimeout(() => process.exit(), 2_000).unref();

async function main(words: readonly string[]): Promise<number> {
  const { own, server } = splitArguments(words);
  const command = serveCommand();
  try {
    if (own[0] === 'key') return (await import('./key.ts')).runKeyCommand(own.slice(1));
    parseCommand(command, own);
    const request = toServeRequest(command, server);
    const known = command.options.map(variableOf);
    const unread = await warnOfUnread(process.env, known, request.configPath !== undefined);
    const configured = await readConfigured({ ...request, warnings: [...unread, ...request.warnings] });
    const { settings, warnings } = configured;
    if (request.printOpenapi !== undefined)
      return await printOpenapi(settings, request.printOpenapi, warnings);
    return await run(settings, request, configured);
  } catch (error) {
    // Somebody else's channel is no reason, but cluster knows.
    if (process.send !== undefined && (await import('node:cluster')).default.isWorker)
      return await (await import('./workers/report-failure.ts')).reportFailure(error);
    return reportError('mcpo-serve', error);
  }
}

/** What the command line and the configuration come to. */
interface Configured {
  readonly settings: Settings;
  readonly config?: FollowedConfig;
  /** What is passed over, one line each. */
  readonly warnings: readonly string[];
}

/** The settings with the servers of the configuration, when one is named. */
async function readConfigured(request: ServeRequest): Promise<Configured> {
  const { settings, configPath, variables, warnings } = request;
  if (configPath === undefined) return { settings, warnings };
  const { readConfigFile } = await import('../config/config-file/read-config-file.ts');
  const { publicUrl, profile } = settings;
  // The document is that of one process, whoever would serve it.
  const isShared = request.workers > 1 && request.printOpenapi === undefined;
  const options = {
    env: process.env,
    variables,
    profile,
    callers: toKnownCallers(settings),
    ...(publicUrl !== undefined && { publicUrl }),
    noRules: noRulesBeside(settings),
    needsRules: needsRulesFor(settings),
    ...(isShared && { refuse: (await import('./workers/refuse-for-workers.ts')).refuseForWorkers }),
  };
  const { servers, authorization, rateLimit, ...read } = readConfigFile(configPath, options);
  const configured = {
    ...settings,
    servers,
    ...(authorization !== undefined && { authorization }),
    ...(rateLimit !== undefined && { rateLimit }),
  };
  return {
    settings: Object.freeze(configured),
    config: { path: configPath, options, files: read.files, rateLimit: settings.rateLimit },
    warnings: [...warnings, ...read.warnings],
  };
}

/** Serves: one process, or several. */
async function run(settings: Settings, request: ServeRequest, configured: Configured): Promise<number> {
  const { config, warnings } = configured;
  const { isHotReload, isJson, workers } = request;
  const onReady = ({ facts, text }: ReadyNote): void => {
    process.stdout.write(isJson ? `${JSON.stringify({ ...facts, pid: process.pid })}\n` : text);
  };
  if (workers > 1) {
    const { runWorkers } = await import('./workers/run-workers.ts');
    return await runWorkers(settings, { count: workers, config, isHotReload, warnings, onReady });
  }
  // Loaded only now: help and what is wrong with a command line need none of it.
  const [{ runGateway }, { createLogger }] = await Promise.all([
    import('./run-gateway.ts'),
    import('./logger.ts'),
  ]);
  const logger = await createLogger(settings.logLevel);
  warnOfStart(settings, warnings, logger);
  const hangUps = new HangUps();
  const { first, second } = listenForSignals(config && hangUps.signal);
  return await runGateway(settings, {
    config: config && { ...config, hangUps, isHotReload },
    logger,
    first,
    second,
    onReady,
  });
}
