import { Command, Option } from 'commander';
import { readEnvFile } from '../config/env-file.ts';
import {
  parseAssignment,
  parseBytes,
  parseDuration,
  parseErrorStatus,
  parsePort,
  parseSwitch,
} from '../config/parse-values.ts';
import { serverNameFor, type StdioServerSettings } from '../config/server-settings.ts';
import { defaultSettings, type ContractSettings, type LogLevel, type Settings } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import { timeServer } from './embedded.ts';
import type { DocumentFormat } from './print-openapi.ts';
import { toArgParser } from './run-command.ts';

/** What the command line asks for. */
export interface ServeRequest {
  readonly settings: Settings;
  /** The document is written in this format, and nothing served. */
  readonly printOpenapi?: DocumentFormat;
  /** One JSON line instead of words, once ready. */
  readonly isJson: boolean;
}

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly apiKey?: string;
  readonly strictAuth?: boolean;
  readonly name?: string;
  readonly description?: string;
  readonly version?: string;
  readonly env: readonly string[];
  readonly envPath?: string;
  readonly maxBody: number;
  readonly maxMessage: number;
  readonly callTimeout: number;
  readonly requestTimeout: number;
  readonly startTimeout: number;
  readonly shutdownTimeout: number;
  readonly toolErrorStatus: number;
  readonly validateResponses: Settings['validateResponses'];
  readonly formats: Settings['formats'];
  readonly openapiVersion: Settings['openapiVersion'];
  readonly inlineRefs?: boolean;
  readonly printOpenapi?: DocumentFormat;
  readonly contract?: string;
  readonly contractPolicy: ContractSettings['policy'];
  readonly logLevel: LogLevel;
  readonly json?: boolean;
}

const defaults = defaultSettings;

const examples = `
Examples:
  mcpo-serve                     the embedded time server, http://127.0.0.1:8000
  mcpo-serve -- npx -y @modelcontextprotocol/server-memory
  mcpo-serve --port 9000 --api-key "$KEY" -- uvx mcp-server-fetch
  MCPO_API_KEY=secret mcpo-serve --strict-auth --env TOKEN=… -- my-server --flag

Every option can be set in the environment: --call-timeout is MCPO_CALL_TIMEOUT.
Durations: 500ms, 60s, 2m; a bare number is seconds.
Sizes: 512KiB, 4MiB; a bare number is bytes.`;

/** The command as commander sees it; what follows `--` is not its business. */
export function serveCommand(): Command {
  const command = new Command('mcpo-serve')
    .usage('[options] -- <mcp command> [args…]')
    .description('Serves the tools of an MCP server as documented, validated REST endpoints.')
    .allowExcessArguments(true)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', examples);
  const add = (
    flags: string,
    description: string,
    configure: (option: Option) => Option = (option) => option,
  ): void => {
    const option = configure(new Option(flags, description));
    // Commander takes any value of a variable for true, "false" included: switches are read by switchFrom.
    if (option.isBoolean()) option.description += ` (env: ${variableOf(option)})`;
    else option.env(variableOf(option));
    command.addOption(option);
  };
  add('--host <address>', 'address to bind', (o) => o.default(defaults.host));
  add('-p, --port <port>', 'port to bind; 0 picks a free one', (o) =>
    o.argParser(toArgParser<number>(parsePort)).default(defaults.port),
  );
  add('-k, --api-key <key>', 'require this key, as Bearer token or Basic password');
  add('--strict-auth', 'require it for docs, documents and metrics too');
  add('-n, --name <title>', "title of the document (default: the server's name)");
  add('-d, --description <text>', 'description of the document');
  add('-v, --version <version>', "version in the document (default: the server's)");
  add('-e, --env <KEY=value>', 'variable for the server; repeatable', (o) =>
    o.argParser(toArgParser<readonly string[]>(collect)).default([], 'none'),
  );
  add('--env-path <file>', '.env file with variables for the server');
  add('--max-body <size>', 'largest request body', (o) =>
    o.argParser(toArgParser<number>(parseBytes)).default(defaults.maxBodyBytes, '4MiB'),
  );
  add('--max-message <size>', 'largest message from the server', (o) =>
    o.argParser(toArgParser<number>(parseBytes)).default(defaults.maxMessageBytes, '256MiB'),
  );
  const durations = [
    ['--call-timeout <time>', 'for a tool to answer', defaults.callTimeoutMs],
    ['--request-timeout <time>', 'for a request to arrive', defaults.requestTimeoutMs],
    ['--start-timeout <time>', 'for the server to start', defaults.startTimeoutMs],
    ['--shutdown-timeout <time>', 'for calls in flight to finish at the end', defaults.shutdownTimeoutMs],
  ] as const;
  for (const [flags, description, ms] of durations) {
    add(flags, description, (o) =>
      o.argParser(toArgParser<number>(parseDuration)).default(ms, `${ms / 1_000}s`),
    );
  }
  add('--tool-error-status <status>', "HTTP status of a tool's own failure", (o) =>
    o.argParser(toArgParser<number>(parseErrorStatus)).default(defaults.toolErrorStatus),
  );
  add('--validate-responses <mode>', 'check results against their output schema', (o) =>
    o.choices(['off', 'warn', 'enforce']).default(defaults.validateResponses),
  );
  add('--formats <mode>', 'what `format` in a schema means', (o) =>
    o.choices(['annotate', 'assert']).default(defaults.formats),
  );
  add('--contract <file>', 'committed document to hold the server to');
  add('--contract-policy <policy>', 'what to do when the live tools differ from it', (o) =>
    o.choices(['refuse', 'warn', 'follow']).default('warn'),
  );
  add('--openapi-version <version>', 'version of the document that is shown', (o) =>
    o.choices(['3.1', '3.0']).default(defaults.openapiVersion),
  );
  add('--inline-refs', 'show the document without references');
  add('--print-openapi [format]', 'write the document and end: json or yaml', (o) =>
    o.choices(['json', 'yaml']).preset('json'),
  );
  add('--log-level <level>', 'how much is logged on stderr', (o) =>
    o.choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default(defaults.logLevel),
  );
  add('--json', 'print one JSON line when ready: {url, tools, servers, pid}');
  return command;
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
  const isStrict = switchFrom(command, 'strictAuth');
  if (isStrict && flags.apiKey === undefined)
    throw new UsageError('--strict-auth needs a key; add --api-key <key>');
  if (flags.apiKey === '')
    throw new UsageError('the API key is empty; write --api-key <key>, or leave the option out');
  const info = {
    ...(flags.name !== undefined && { title: flags.name }),
    ...(flags.description !== undefined && { description: flags.description }),
    ...(flags.version !== undefined && { version: flags.version }),
  };
  const settings: Settings = Object.freeze({
    ...defaults,
    host: flags.host,
    port: flags.port,
    ...(flags.apiKey !== undefined && { apiKey: flags.apiKey }),
    strictAuth: isStrict,
    info,
    servers: [toServer(server, flags)],
    maxBodyBytes: flags.maxBody,
    maxMessageBytes: flags.maxMessage,
    callTimeoutMs: flags.callTimeout,
    requestTimeoutMs: flags.requestTimeout,
    startTimeoutMs: flags.startTimeout,
    shutdownTimeoutMs: flags.shutdownTimeout,
    toolErrorStatus: flags.toolErrorStatus,
    validateResponses: flags.validateResponses,
    openapiVersion: flags.openapiVersion,
    inlineRefs: switchFrom(command, 'inlineRefs'),
    formats: flags.formats,
    ...(flags.contract !== undefined && {
      contract: { path: flags.contract, policy: flags.contractPolicy },
    }),
    logLevel: flags.logLevel,
  });
  return {
    settings,
    isJson: switchFrom(command, 'json'),
    ...(flags.printOpenapi !== undefined && { printOpenapi: flags.printOpenapi }),
  };
}

function toServer(words: readonly string[] | undefined, flags: Flags): StdioServerSettings {
  const env = {
    ...(flags.envPath !== undefined && readEnvFile(flags.envPath)),
    ...Object.fromEntries(flags.env.map(parseAssignment)),
  };
  if (words === undefined) return { ...timeServer, env };
  const [command, ...args] = words;
  if (command === undefined || command === '') {
    throw new UsageError(
      'nothing follows --; write the server’s command, as in: mcpo-serve -- npx -y @modelcontextprotocol/server-memory',
    );
  }
  if (/^https?:\/\//i.test(command)) {
    throw new UsageError(`'${command}' is a URL; write the command of a stdio server after --`);
  }
  return { type: 'stdio', name: serverNameFor(command, args), command, args, env };
}

function variableOf(option: Option): string {
  return `MCPO_${option.name().replaceAll('-', '_').toUpperCase()}`;
}

/** A switch is on when it is given, or when its variable says so. */
function switchFrom(command: Command, attribute: string): boolean {
  const option = command.options.find((candidate) => candidate.attributeName() === attribute);
  if (option === undefined) throw new Error(`there is no switch ${attribute}`);
  if (command.getOptionValue(attribute) === true) return true;
  const value = process.env[variableOf(option)];
  return value !== undefined && parseSwitch(variableOf(option), value);
}

// From the environment, several assignments come on a line each.
function collect(text: string, previous: readonly string[]): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) parseAssignment(line);
  return [...previous, ...lines];
}
