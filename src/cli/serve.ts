#!/usr/bin/env node
import type { RunningGateway } from '../serve/serve.ts';
import type { Settings } from '../config/settings.ts';
import { printOpenapi } from './print-openapi.ts';
import { parseCommand, reportError, splitArguments } from './run-command.ts';
import { serveCommand } from './serve-flags.ts';
import { toServeRequest } from './serve-options.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const { own, server } = splitArguments(words);
  const command = serveCommand();
  try {
    parseCommand(command, own);
    const { settings, isJson, printOpenapi: format } = toServeRequest(command, server);
    if (format !== undefined) return await printOpenapi(settings, format);
    return await run(settings, isJson);
  } catch (error) {
    return reportError('mcpo-serve', error);
  }
}

async function run(settings: Settings, isJson: boolean): Promise<number> {
  // Loaded only now: help and what is wrong with a command line need none of it.
  const [{ serve }, { createLogger }] = await Promise.all([
    import('../serve/serve.ts'),
    import('./logger.ts'),
  ]);
  const logger = createLogger(settings.logLevel);
  const isExposed = !/^(?:127\.|localhost$|::1$)/.test(settings.host);
  if (isExposed && settings.apiKey === undefined) {
    logger.warn(
      { host: settings.host },
      'anybody who reaches this address can call the tools; set --api-key',
    );
  }
  const { first, second } = listenForSignals();
  let gateway: RunningGateway;
  try {
    gateway = await serve(settings, { logger, signal: first });
  } catch (error) {
    if (first.aborted) return 0;
    throw error;
  }
  process.stdout.write(isJson ? toReadyLine(gateway) : toReadyText(gateway));
  await abortOf(first);
  logger.info({ signal: first.reason as unknown }, 'shutting down');
  // A second signal does not wait; what was started ends all the same.
  const aborted = abortOf(second).then(async () => await gateway.abort());
  const isDrained = await Promise.race([gateway.close(), aborted.then(() => process.exit(1))]);
  if (!isDrained) logger.warn({ shutdownTimeoutMs: settings.shutdownTimeoutMs }, 'calls were cut off');
  return isDrained ? 0 : 1;
}

/** The first signal asks to end, the second to hurry; the reason of each abort is the signal's name. */
function listenForSignals(): { readonly first: AbortSignal; readonly second: AbortSignal } {
  const first = new AbortController();
  const second = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => (first.signal.aborted ? second : first).abort(name));
  }
  return { first: first.signal, second: second.signal };
}

async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function toReadyLine({ url, toolCount, servers }: RunningGateway): string {
  return `${JSON.stringify({ url, tools: toolCount, servers, pid: process.pid })}\n`;
}

function toReadyText({ url, toolCount, unserved, servers }: RunningGateway): string {
  const tools = toolCount === 1 ? '1 tool' : `${toolCount} tools`;
  const left = unserved.length > 0 ? `, ${unserved.length} left out (see ${url}/readyz)` : '';
  return `Serving ${servers.join(', ')} at ${url}\n  docs   ${url}/docs\n  tools  ${tools}${left}\n`;
}
