import {
  readConfigFile,
  type ConfigFileOptions,
  type RemoteServerSettings,
  type ServerSettings,
} from '../src/index.ts';
import { detectTransport } from './target/detect-transport.ts';
import { createHttpTarget } from './target/http-target.ts';
import { createSseTarget } from './target/sse-target.ts';
import { createStdioTarget } from './target/stdio-target.ts';
import type { RemoteOptions } from './target/remote-channel.ts';
import type { Target } from './target/target.ts';

/** A server of a configuration file, and what the file says of verifying it. */
export interface ConfigTarget {
  /** As the file has it. */
  readonly server: string;
  readonly open: () => Promise<Target>;
  /** Tools to look at; undefined for all. */
  readonly include: readonly string[] | undefined;
  /** Tools that are left out. */
  readonly exclude: readonly string[];
  /** How long the slowest of its tools may take; undefined when the file says nothing. */
  readonly callTimeoutMs: number | undefined;
}

/** The servers of a configuration file. */
export interface ConfigTargets {
  /** Those that are not disabled, in the order of the file. */
  readonly targets: readonly ConfigTarget[];
  /** What is passed over, with its place in the file. */
  readonly warnings: readonly string[];
}

/**
 * Reads a configuration file as gateways and editors have it: `{"mcpServers": {…}}`.
 *
 * @throws {ConfigError} with every mistake in it
 * @example readConfigTargets('mcp.json', { env: process.env }).targets.map(({ server }) => server) // ['time']
 */
export function readConfigTargets(path: string, options: ConfigFileOptions): ConfigTargets {
  const { servers, warnings } = readConfigFile(path, options);
  return { targets: servers.map((settings) => toConfigTarget(settings, path)), warnings };
}

/** How a server that listens elsewhere is opened; `auto` asks it. */
export async function openRemote(
  type: RemoteServerSettings['type'],
  options: RemoteOptions,
): Promise<Target> {
  const known = type === 'auto' ? await detectTransport(options) : type;
  return known === 'sse' ? createSseTarget(options) : createHttpTarget(options);
}

function toConfigTarget(settings: ServerSettings, path: string): ConfigTarget {
  const { name, enabledTools, disabledTools = [], callTimeoutMs, toolTimeoutsMs = new Map() } = settings;
  const timeouts = [...(callTimeoutMs === undefined ? [] : [callTimeoutMs]), ...toolTimeoutsMs.values()];
  return {
    server: name,
    open: () => open(settings, `${name} of ${path}`),
    include: enabledTools,
    exclude: disabledTools,
    callTimeoutMs: timeouts.length === 0 ? undefined : Math.max(...timeouts),
  };
}

// Not by its command or URL: with the values of variables in them, those may hold secrets.
function open(settings: ServerSettings, name: string): Promise<Target> {
  if (settings.type !== 'stdio') {
    const { type, url, headers } = settings;
    return openRemote(type, { url, headers, name });
  }
  const { command, args, env, cwd } = settings;
  return Promise.resolve(createStdioTarget({ command, args, env, name, ...(cwd !== undefined && { cwd }) }));
}
