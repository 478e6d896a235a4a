import type { Command } from 'commander';
import { readEnvFile } from '../config/env-file.ts';
import { parseAssignment, parseDuration, parseLogLevel } from '../config/parse-values.ts';
import { serverNameFor, type ServerSettings, type StdioServerSettings } from '../config/server-settings.ts';
import { defaultSettings, type Settings } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import { timeServer } from './embedded.ts';
import type { DocumentFormat } from './print-openapi.ts';
import { isSwitchedOn, type Flags } from './serve-flags.ts';

/** What the command line asks for. */
export interface ServeRequest {
  readonly settings: Settings;
  /** The file that names the servers; they are not in the settings yet. */
  readonly configPath?: string;
  /** Changes of that file are followed. */
  readonly isHotReload: boolean;
  /** The document is written in this format, and nothing served. */
  readonly printOpenapi?: DocumentFormat;
  /** One JSON line instead of words, once ready. */
  readonly isJson: boolean;
}

/**
 * Reads a parsed command line.
 *
 * @param command parsed up to the first `--`
 * @param server what followed `--`; undefined when there was none
 */
export function toServeRequest(command: Command, server: readonly string[] | undefined): ServeRequest {
  const [stray] = command.args;
  if (stray !== undefined) {
    throw new UsageError(
      `unexpected '${stray}'; write the server's command after --, as in: mcpo-serve -- ${stray}`,
    );
  }
  // Every option's parser and default above give the type that Flags says.
  const flags = command.opts<Flags>();
  const isStrict = isSwitchedOn(command, 'strictAuth');
  if (isStrict && flags.apiKey === undefined)
    throw new UsageError('--strict-auth needs a key; add --api-key <key>');
  if (flags.apiKey === '')
    throw new UsageError('the API key is empty; write --api-key <key>, or leave the option out');
  const info = {
    ...(flags.name !== undefined && { title: flags.name }),
    ...(flags.description !== undefined && { description: flags.description }),
    ...(flags.version !== undefined && { version: flags.version }),
  };
  const isHotReload = isSwitchedOn(command, 'hotReload');
  if (isHotReload && flags.config === undefined)
    throw new UsageError('--hot-reload follows a configuration; add --config <file>');
  if (flags.config !== undefined && server !== undefined)
    throw new UsageError('--config and a server after -- exclude each other; move the server into the file');
  if (flags.config !== undefined && flags.replicas > 1)
    throw new UsageError("--replicas is for a server after --; write 'replicas' at a server of the file");
  const isMcpo = flags.compat === 'mcpo';
  // What an option of ours says beats what mcpo does by itself.
  const isGiven = (option: string): boolean => command.getOptionValueSource(option) !== 'default';
  if (isMcpo) refuseUnderCompat(flags, isGiven, isSwitchedOn(command, 'inlineRefs'));
  const settings: Settings = Object.freeze({
    ...defaultSettings,
    host: isMcpo && !isGiven('host') ? '0.0.0.0' : flags.host,
    port: flags.port,
    ...(flags.apiKey !== undefined && { apiKey: flags.apiKey }),
    strictAuth: isStrict,
    info,
    servers: flags.config === undefined ? [toServer(server, flags)] : [],
    layout: flags.config === undefined ? 'single' : 'named',
    corsAllowOrigins: isMcpo && !isGiven('corsAllowOrigins') ? ['*'] : flags.corsAllowOrigins,
    ...toTls(flags),
    rootPath: flags.rootPath,
    pathPrefix: flags.pathPrefix,
    trustProxy: isSwitchedOn(command, 'trustProxy'),
    profile: flags.compat ?? 'default',
    maxBodyBytes: flags.maxBody,
    maxMessageBytes: flags.maxMessage,
    callTimeoutMs: flags.callTimeout,
    idempotencyTtlMs: flags.idempotencyTtl,
    ...toMaxCallTime(flags),
    maxInFlight: flags.maxInFlight,
    maxQueue: flags.maxQueue,
    fairBy: flags.fairBy,
    requestTimeoutMs: flags.requestTimeout,
    startTimeoutMs: isGiven('startTimeout')
      ? flags.startTimeout
      : (connectionTimeout() ?? flags.startTimeout),
    shutdownTimeoutMs: flags.shutdownTimeout,
    toolErrorStatus: flags.toolErrorStatus,
    validateResponses: flags.validateResponses,
    openapiVersion: flags.openapiVersion,
    inlineRefs: isSwitchedOn(command, 'inlineRefs'),
    formats: flags.formats,
    ...(flags.contract !== undefined && {
      contract: { path: flags.contract, policy: flags.contractPolicy },
    }),
    ...(flags.publicUrl !== undefined && { publicUrl: flags.publicUrl }),
    logLevel: isGiven('logLevel') ? flags.logLevel : (plainLogLevel() ?? flags.logLevel),
  });
  return {
    settings,
    ...(flags.config !== undefined && { configPath: flags.config }),
    isHotReload,
    isJson: isSwitchedOn(command, 'json'),
    ...(flags.printOpenapi !== undefined && { printOpenapi: flags.printOpenapi }),
  };
}

function toServer(words: readonly string[] | undefined, flags: Flags): ServerSettings {
  const type = flags.type ?? flags.serverType;
  const env = {
    ...(flags.envPath !== undefined && readEnvFile(flags.envPath)),
    ...Object.fromEntries(flags.env.map(parseAssignment)),
  };
  if (words === undefined) {
    if (type !== undefined && type !== 'stdio')
      throw new UsageError('--type says how a URL is spoken to; write the URL after --');
    return { ...timeServer, env, ...toReplicas(flags) };
  }
  const [command, ...args] = words;
  if (command === undefined || command === '') {
    throw new UsageError(
      'nothing follows --; write the server’s command, as in: mcpo-serve -- npx -y @modelcontextprotocol/server-memory',
    );
  }
  if (/^https?:\/\//i.test(command)) return toRemoteServer(command, args, flags);
  if (type !== undefined && type !== 'stdio')
    throw new UsageError(`'${command}' is no URL; write http://… or https://… after --, or leave out --type`);
  if (flags.header !== undefined)
    throw new UsageError('--header is for servers at a URL; give a command its secrets with --env');
  return { type: 'stdio', name: serverNameFor(command, args), command, args, env, ...toReplicas(flags) };
}

function toReplicas({ replicas }: Flags): Pick<StdioServerSettings, 'replicas'> {
  return replicas > 1 ? { replicas: { min: replicas, max: replicas } } : {};
}

function toRemoteServer(url: string, more: readonly string[], flags: Flags): ServerSettings {
  const [stray] = more;
  if (stray !== undefined) throw new UsageError(`unexpected '${stray}' after the URL`);
  if (flags.replicas > 1)
    throw new UsageError('--replicas is for a server that is started here; leave it out for a URL');
  if (!URL.canParse(url)) throw new UsageError('the URL after -- cannot be read; check its host and port');
  const type = flags.type ?? flags.serverType ?? 'auto';
  if (type === 'stdio')
    throw new UsageError(
      'a URL is not spoken to over stdio; leave out --type, or write sse or streamable-http',
    );
  return { type, name: new URL(url).hostname, url, headers: flags.header ?? {} };
}

/** What would change nothing is better said than found out. */
function refuseUnderCompat(flags: Flags, isGiven: (option: string) => boolean, isInline: boolean): void {
  const idle = [
    ...(isGiven('toolErrorStatus') ? ['--tool-error-status'] : []),
    ...(flags.openapiVersion === defaultSettings.openapiVersion ? [] : ['--openapi-version']),
    ...(isInline ? ['--inline-refs'] : []),
  ];
  if (idle.length > 0) {
    throw new UsageError(
      `${idle.join(' and ')} cannot be had with --compat mcpo, whose answers and documents are mcpo's; leave one out`,
    );
  }
}

/** With a configuration, servers and tools may have shorter time-outs of their own. */
function toMaxCallTime({ maxCallTime, callTimeout, config }: Flags): Pick<Settings, 'maxCallTimeMs'> {
  if (maxCallTime === undefined) return {};
  if (config === undefined && maxCallTime <= callTimeout) {
    throw new UsageError(
      `--max-call-time of ${maxCallTime / 1_000} s leaves progress nothing to extend; make it longer than --call-timeout, ${callTimeout / 1_000} s`,
    );
  }
  return { maxCallTimeMs: maxCallTime };
}

function toTls({ sslCertfile, sslKeyfile }: Flags): Pick<Settings, 'tls'> {
  if (sslCertfile !== undefined && sslKeyfile !== undefined)
    return { tls: { certPath: sslCertfile, keyPath: sslKeyfile } };
  if (sslCertfile !== undefined) throw new UsageError('--ssl-certfile needs a key; add --ssl-keyfile <file>');
  if (sslKeyfile !== undefined)
    throw new UsageError('--ssl-keyfile needs a certificate; add --ssl-certfile <file>');
  return {};
}

/** As mcpo reads it: seconds for a server to be connected. */
function connectionTimeout(): number | undefined {
  return fromVariable('CONNECTION_TIMEOUT', parseDuration);
}

/** As mcpo reads it. */
function plainLogLevel(): Settings['logLevel'] | undefined {
  return fromVariable('LOG_LEVEL', parseLogLevel);
}

function fromVariable<Value>(name: string, parse: (text: string) => Value): Value | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
