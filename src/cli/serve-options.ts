import type { Command } from 'commander';
import { asksWhoCalls } from '../config/asks-who-calls.ts';
import { toKnownCallers } from '../config/known-callers.ts';
import { requireVariables, type AddedVariables } from '../config/env-file.ts';
import { parseAssignment, parseDuration, parseLogLevel } from '../config/parse-values.ts';
import type { ServerSettings } from '../config/server-settings.ts';
import { defaultSettings, type Settings } from '../config/settings.ts';
import { readTraceSettings } from '../config/trace-settings.ts';
import { UsageError } from '../errors.ts';
import { toAudit } from './audit-flags.ts';
import { toAuthorization } from './authorization-flags.ts';
import { toIdentity } from './identity-flags.ts';
import { readPlatformAddress } from './platform-address.ts';
import type { DocumentFormat } from './print-openapi.ts';
import { toRateLimit } from './rate-limit-flags.ts';
import { toRedis } from './redis-flags.ts';
import { isSwitchedOn, writtenName, type Flags } from './serve-flags.ts';
import { serverOfWords } from './server-of-words.ts';

/** What the command line asks for. */
export interface ServeRequest {
  readonly settings: Settings;
  /** The file that names the servers; they are not in the settings yet. */
  readonly configPath?: string;
  /** What `--env` and `--env-path` say, for that file. */
  readonly variables: AddedVariables;
  /** What is passed over, one line each. */
  readonly warnings: readonly string[];
  /** Changes of that file are followed. */
  readonly isHotReload: boolean;
  /** The document is written in this format, and nothing served. */
  readonly printOpenapi?: DocumentFormat;
  /** How many processes serve the port. */
  readonly workers: number;
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
  const identity = toIdentity(flags, command, isSwitchedOn(command, 'jwtAllowHttp'));
  if (isStrict && !asksWhoCalls({ ...flags, ...identity }))
    throw new UsageError('--strict-auth needs a key; add --api-key <key>');
  requireCallers(flags, identity);
  if (flags.apiKey === '')
    throw new UsageError('the API key is empty; write --api-key <key>, or leave the option out');
  const info = {
    ...(flags.name !== undefined && { title: flags.name }),
    ...(flags.description !== undefined && { description: flags.description }),
    ...(flags.version !== undefined && { version: flags.version }),
  };
  if (flags.contract === undefined && command.getOptionValueSource('contractPolicy') !== 'default') {
    const name = writtenName(command, 'contractPolicy');
    throw new UsageError(`${name} is about a committed document; add --contract <file>`);
  }
  const isMcpo = flags.compat === 'mcpo';
  const redis = toRedis(flags, command, writtenName);
  const warnings = [...redis.warnings];
  const isHotReload = isSwitchedOn(command, 'hotReload');
  if (isHotReload && flags.config === undefined) {
    const message = `${writtenName(command, 'hotReload')} follows a configuration; add --config <file>`;
    if (!isMcpo) throw new UsageError(message);
    warnings.push(`${message} (ignored)`);
  }
  if (flags.config !== undefined) refuseBesideConfig(server, command);
  const variables: AddedVariables = {
    assignments: Object.fromEntries(flags.env.map(parseAssignment)),
    ...(flags.envPath !== undefined && { envPath: flags.envPath }),
  };
  // What an option of ours says beats what mcpo does by itself.
  const isGiven = (option: string): boolean => command.getOptionValueSource(option) !== 'default';
  if (isMcpo) refuseUnderCompat(flags, isGiven, isSwitchedOn(command, 'inlineRefs'));
  const platform = isGiven('port') ? {} : readPlatformAddress(process.env);
  const profile = flags.compat ?? 'default';
  const toServer = (): ServerSettings => {
    const resolved = requireVariables(variables, { env: process.env, profile });
    warnings.push(...resolved.warnings);
    return serverOfWords(server, resolved.values, command);
  };
  const settings: Settings = Object.freeze({
    ...defaultSettings,
    host: isGiven('host') ? flags.host : (platform.host ?? (isMcpo ? '0.0.0.0' : flags.host)),
    port: platform.port ?? flags.port,
    ...(flags.apiKey !== undefined && { apiKey: flags.apiKey }),
    ...identity,
    ...toAuthorization(flags, isSwitchedOn(command, 'hideForbidden'), { ...flags, ...identity }),
    strictAuth: isStrict,
    info,
    servers: flags.config === undefined ? [toServer()] : [],
    layout: flags.config === undefined ? 'single' : 'named',
    corsAllowOrigins: isMcpo && !isGiven('corsAllowOrigins') ? ['*'] : flags.corsAllowOrigins,
    ...toTls(flags),
    rootPath: flags.rootPath,
    pathPrefix: flags.pathPrefix,
    trustProxy: isSwitchedOn(command, 'trustProxy'),
    profile,
    maxBodyBytes: flags.maxBody,
    maxMessageBytes: flags.maxMessage,
    callTimeoutMs: flags.callTimeout,
    idempotencyTtlMs: flags.idempotencyTtl,
    ...toRateLimit(flags, command, writtenName),
    ...redis.settings,
    ...toMaxCallTime(flags),
    maxInFlight: flags.maxInFlight,
    maxQueue: flags.maxQueue,
    fairBy: flags.fairBy,
    requestTimeoutMs: flags.requestTimeout,
    startTimeoutMs: isGiven('startTimeout')
      ? flags.startTimeout
      : (connectionTimeout() ?? flags.startTimeout),
    drainDelayMs: flags.drainDelay,
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
    ...toAudit(flags, command, writtenName),
    ...toTracing(),
    logLevel: isGiven('logLevel') ? flags.logLevel : (plainLogLevel() ?? flags.logLevel),
  });
  return {
    settings,
    ...(flags.config !== undefined && { configPath: flags.config }),
    variables,
    warnings,
    isHotReload: isHotReload && flags.config !== undefined,
    workers: flags.workers,
    isJson: isSwitchedOn(command, 'json'),
    ...(flags.printOpenapi !== undefined && { printOpenapi: flags.printOpenapi }),
  };
}

/** What nobody can have would leave all clients one. */
function requireCallers({ fairBy, rateLimitBy }: Flags, identity: ReturnType<typeof toIdentity>): void {
  const { haveClaims, haveKeyNames } = toKnownCallers(identity);
  for (const [option, by] of [
    ['--fair-by', fairBy],
    ['--rate-limit-by', rateLimitBy],
  ] as const) {
    if (by.kind === 'claim' && !haveClaims)
      throw new UsageError(
        `${option} claim:${by.claim.text} needs callers with claims; add --jwt-issuer <url> for tokens, or --trusted-header-auth <proxies>`,
      );
  }
  if (fairBy.kind === 'key' && !haveKeyNames)
    throw new UsageError('--fair-by key:name needs keys with names; add --api-keys-file <file>');
}

/** What a configuration says itself. */
function refuseBesideConfig(server: readonly string[] | undefined, command: Command): void {
  // Every option's parser and default give the type that Flags says.
  const flags = command.opts<Flags>();
  if (server !== undefined)
    throw new UsageError('--config and a server after -- exclude each other; move the server into the file');
  const name = (option: string): string => writtenName(command, option);
  if (flags.replicas > 1) {
    throw new UsageError(
      `${name('replicas')} is for a server after --; write 'replicas' at a server of the file`,
    );
  }
  if (flags.header !== undefined) {
    throw new UsageError(
      `${name('header')} is for a server after --; write 'headers' at the servers of the file`,
    );
  }
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

/** The standard variables of OpenTelemetry. */
function toTracing(): Pick<Settings, 'tracing'> {
  const tracing = readTraceSettings(process.env);
  return tracing === undefined ? {} : { tracing };
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
