#!/usr/bin/env node
import { serve, type RunningGateway } from '../serve.ts';
import type { Settings } from '../config/settings.ts';
import { createLogger } from './logger.ts';
import { parseCommand, reportError, splitArguments } from './run-command.ts';
import { serveCommand, toServeRequest } from './serve-options.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const { own, server } = splitArguments(words);
  const command = serveCommand();
  try {
    parseCommand(command, own);
    const { settings, isJson } = toServeRequest(command, server);
    return await run(settings, isJson);
  } catch (error) {
    return reportError('mcpo-serve', error);
  }
}

async function run(settings: Settings, isJson: boolean): Promise<number> {
  const logger = createLogger(settings.logLevel);
  const isExposed = !/^(?:127\.|localhost$|::1$)/.test(settings.host);
  if (isExposed && settings.apiKey === undefined) {
    logger.warn(
      { host: settings.host },
      'anybody who reaches this address can call the tools; set --api-key',
    );
  }
  const stopping = nextSignal();
  const gateway = await serve(settings, { logger });
  process.stdout.write(isJson ? toReadyLine(gateway) : toReadyText(gateway));
  const signal = await stopping;
  logger.info({ signal }, 'shutting down');
  // A second signal does not wait.
  void nextSignal().then(() => process.exit(1));
  const isDrained = await gateway.close();
  if (!isDrained) logger.warn({ shutdownTimeoutMs: settings.shutdownTimeoutMs }, 'calls were cut off');
  return isDrained ? 0 : 1;
}

async function nextSignal(): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

function toReadyLine({ url, toolCount, servers }: RunningGateway): string {
  return `${JSON.stringify({ url, tools: toolCount, servers, pid: process.pid })}\n`;
}

function toReadyText({ url, toolCount, unserved, servers }: RunningGateway): string {
  const tools = toolCount === 1 ? '1 tool' : `${toolCount} tools`;
  const left = unserved.length > 0 ? `, ${unserved.length} left out (see ${url}/readyz)` : '';
  return `Serving ${servers.join(', ')} at ${url}\n  docs   ${url}/docs\n  tools  ${tools}${left}\n`;
}
