#!/usr/bin/env node
import type { Settings } from '../config/settings.ts';
import type { ServerStatus } from '../gateway/server-status.ts';
import type { Logger } from '../logger.ts';
import type { RunningGateway } from '../serve/serve.ts';
import { toExposureWarning } from './exposure.ts';
import { HangUps } from './hang-ups.ts';
import type { FollowedConfig } from './hot-reload.ts';
import { watchParent } from './parent-watch.ts';
import { printOpenapi } from './print-openapi.ts';
import { parseCommand, reportError, splitArguments, tolerateClosedOutput } from './run-command.ts';
import { serveCommand } from './serve-flags.ts';
import { toServeRequest, type ServeRequest } from './serve-options.ts';

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
    const { settings, config, warnings } = await readConfigured(request);
    if (request.printOpenapi !== undefined)
      return await printOpenapi(settings, request.printOpenapi, warnings);
    return await run(settings, request, { config, warnings });
  } catch (error) {
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
  const options = { env: process.env, variables, profile, ...(publicUrl !== undefined && { publicUrl }) };
  const read = readConfigFile(configPath, options);
  return {
    settings: Object.freeze({ ...settings, servers: read.servers }),
    config: { path: configPath, options, files: read.files },
    warnings: [...warnings, ...read.warnings],
  };
}

async function run(
  settings: Settings,
  { isJson, isHotReload }: ServeRequest,
  { config, warnings }: Pick<Configured, 'warnings'> & { readonly config: FollowedConfig | undefined },
): Promise<number> {
  // Loaded only now: help and what is wrong with a command line need none of it.
  const [{ serve }, { createLogger }] = await Promise.all([
    import('../serve/serve.ts'),
    import('./logger.ts'),
  ]);
  const logger = await createLogger(settings.logLevel);
  for (const warning of warnings) logger.warn({}, warning);
  warnOfExposure(settings, logger);
  if (settings.servers.length === 0) logger.warn({}, 'every server of the configuration is disabled');
  const hangUps = new HangUps();
  const { first, second } = listenForSignals(config && hangUps.signal);
  let gateway: RunningGateway;
  second.addEventListener('abort', hurry);
  try {
    gateway = await serve(settings, { logger, signal: first });
  } catch (error) {
    if (first.aborted) return 0;
    throw error;
  } finally {
    second.removeEventListener('abort', hurry);
  }
  process.stdout.write(isJson ? toReadyLine(gateway) : toReadyText(gateway));
  if (config !== undefined) {
    const { createConfigFollower } = await import('./hot-reload.ts');
    const follower = createConfigFollower(config, gateway, logger);
    const fail = (error: unknown): void =>
      logger.error({ err: error }, 'the configuration cannot be followed');
    hangUps.listen(() => void follower.reload().catch(fail));
    if (isHotReload) void follower.watch(first).catch(fail);
  }
  await abortOf(first);
  logger.info({ signal: first.reason as unknown }, 'shutting down');
  // A second signal does not wait; what was started ends all the same.
  const aborted = abortOf(second).then(async () => await gateway.abort());
  const isDrained = await Promise.race([gateway.close(), aborted.then(() => process.exit(1))]);
  if (!isDrained) logger.warn({ shutdownTimeoutMs: settings.shutdownTimeoutMs }, 'calls were cut off');
  return isDrained ? 0 : 1;
}

/** What does not end when asked to is not waited for when asked again. */
function hurry(): never {
  process.exit(1);
}

function warnOfExposure(settings: Settings, logger: Logger): void {
  const warning = toExposureWarning(settings);
  if (warning === undefined) return;
  logger.warn({ host: settings.host }, 'anybody who reaches this address can call the tools; set --api-key');
  // For people: a line among a log's is overlooked, and some logs are never looked at.
  process.stderr.write(warning);
}

/**
 * The first signal asks to end, the second to hurry; the reason of each abort is the signal's name, or that
 * the parent is gone.
 *
 * @param onHangUp what SIGHUP does instead
 */
function listenForSignals(onHangUp?: () => void): {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
} {
  const first = new AbortController();
  const second = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const end = (): void => (first.signal.aborted ? second : first).abort(name);
    process.on(name, name === 'SIGHUP' && onHangUp !== undefined ? onHangUp : end);
  }
  watchParent(() => first.abort('the parent process ended'));
  return { first: first.signal, second: second.signal };
}

async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function toReadyLine({ url, toolCount, servers }: RunningGateway): string {
  return `${JSON.stringify({ url, tools: toolCount, servers, pid: process.pid })}\n`;
}

function toReadyText(gateway: RunningGateway): string {
  const { url, toolCount, unserved, servers } = gateway;
  const left = unserved.length > 0 ? `, ${unserved.length} left out (see ${url}/readyz)` : '';
  const status = gateway.status();
  const isOne = status.length === 1 && status[0]?.state.kind === 'ready';
  const heading = isOne ? servers.join(', ') : `${servers.length} servers`;
  const lines = [
    `Serving ${heading} at ${url}`,
    `  docs   ${url}/docs`,
    `  tools  ${toolsText(toolCount)}${left}`,
    ...(isOne ? [] : status.map(toServerText)),
  ];
  return `${lines.join('\n')}\n`;
}

function toServerText({ name, state, tools }: ServerStatus): string {
  switch (state.kind) {
    case 'ready':
      return `  - ${name}: ${toolsText(tools)}`;
    case 'connecting':
      return `  - ${name}: still connecting`;
    case 'restarting':
      return `  - ${name}: not connected, tried again (${state.reason})`;
    case 'awaiting_authorization':
      return `  - ${name}: open ${state.url} to let the gateway in`;
    case 'closed':
      return `  - ${name}: closed`;
  }
}

function toolsText(count: number): string {
  return count === 1 ? '1 tool' : `${count} tools`;
}
