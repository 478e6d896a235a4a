import { Command, Option } from 'commander';
import {
  parseAssignment,
  parseBytes,
  parseDuration,
  parseDurationOrOff,
  parseErrorStatus,
  parseFairBy,
  parseHeaders,
  parseLogLevel,
  parseMaxInFlight,
  parseMaxQueue,
  parseMountPath,
  parseOrigin,
  parsePort,
  parsePublicUrl,
  parseReplicas,
  parseServerType,
  parseSwitch,
  parseWorkers,
  type ServerType,
} from '../config/parse-values.ts';
import { defaultSettings, type ContractSettings, type LogLevel, type Settings } from '../config/settings.ts';
import type { FairBy } from '../upstream/calls/fair-by.ts';
import type { AddOption } from './add-option.ts';
import { addAuthorizationFlags, type AuthorizationFlags } from './authorization-flags.ts';
import { addIdentityFlags, type IdentityFlags } from './identity-flags.ts';
import { addAuditFlags, type AuditFlags } from './audit-flags.ts';
import { isServiceLink } from './platform-address.ts';
import type { DocumentFormat } from './print-openapi.ts';
import { addRateLimitFlags, type RateLimitFlags } from './rate-limit-flags.ts';
import { addRedisFlags, type RedisFlags } from './redis-flags.ts';
import { toArgParser } from './run-command.ts';

/** The values of the options, parsed; a switch is read by {@link isSwitchedOn}. */
export interface Flags extends AuditFlags, AuthorizationFlags, IdentityFlags, RateLimitFlags, RedisFlags {
  readonly host: string;
  readonly port: number;
  readonly apiKey?: string;
  readonly name?: string;
  readonly description?: string;
  readonly version?: string;
  readonly env: readonly string[];
  readonly envPath?: string;
  readonly config?: string;
  readonly type?: ServerType;
  /** Another name of `type`. */
  readonly serverType?: ServerType;
  readonly header?: Readonly<Record<string, string>>;
  readonly corsAllowOrigins: readonly string[];
  readonly sslCertfile?: string;
  readonly sslKeyfile?: string;
  readonly rootPath: string;
  readonly pathPrefix: string;
  readonly publicUrl?: string;
  readonly compat?: 'mcpo';
  readonly maxBody: number;
  readonly maxMessage: number;
  readonly callTimeout: number;
  readonly idempotencyTtl: number;
  readonly maxCallTime?: number;
  readonly replicas: number;
  readonly workers: number;
  readonly maxInFlight: number;
  readonly maxQueue: number;
  readonly fairBy: FairBy;
  readonly requestTimeout: number;
  readonly startTimeout: number;
  readonly drainDelay: number;
  readonly shutdownTimeout: number;
  readonly toolErrorStatus: number;
  readonly validateResponses: Settings['validateResponses'];
  readonly formats: Settings['formats'];
  readonly openapiVersion: Settings['openapiVersion'];
  readonly printOpenapi?: DocumentFormat;
  readonly contract?: string;
  readonly contractPolicy: ContractSettings['policy'];
  readonly logLevel: LogLevel;
}

const defaults = defaultSettings;

const examples = `
Examples:
  mcpo-serve                     the embedded time server, http://127.0.0.1:8000
  mcpo-serve -- npx -y @modelcontextprotocol/server-memory
  mcpo-serve --port 9000 --api-key "$KEY" -- uvx mcp-server-fetch
  mcpo-serve --header '{"X-Key": "…"}' -- https://example.com/mcp
  mcpo-serve --config servers.json --hot-reload
  MCPO_API_KEY=secret mcpo-serve --strict-auth -- my-server --flag

Every option can be set in the environment: --call-timeout is MCPO_CALL_TIMEOUT.
Durations: 500ms, 60s, 2m; a bare number is seconds.
Sizes: 512KiB, 4MiB; a bare number is bytes.`;

/** The command as commander sees it; what follows `--` is not its business. */
export function serveCommand(): Command {
  const command = new Command('mcpo-serve')
    .usage('[options] -- <mcp command or URL> [args…]')
    .description('Serves the tools of MCP servers as documented, validated REST endpoints.')
    .allowExcessArguments(true)
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ optionDescription: describe })
    .addHelpText('after', examples);
  const add: AddOption = (flags, description, configure = (option) => option) => {
    const option = configure(new Option(flags, description));
    // Commander takes any value of a variable for true, "false" included: switches are read by isSwitchedOn.
    const variable = variableOf(option);
    if (!option.isBoolean() && !isServiceLink(process.env[variable])) option.env(variable);
    command.addOption(option);
  };
  command.optionsGroup('Servers:');
  add('-c, --config <file>', 'servers by name, JSON or YAML, as Claude Desktop and others write it');
  add('--hot-reload', 'follow changes of the configuration; SIGHUP does so once');
  add('--type <type>', 'how a URL after -- is spoken to: auto, sse or streamable-http', (o) =>
    o.argParser(toArgParser<ServerType>(parseServerType)),
  );
  add('-H, --header <json>', 'headers for the URL after --, as a JSON object', (o) =>
    o.argParser(toArgParser<Readonly<Record<string, string>>>(parseHeaders)),
  );
  add('--public-url <url>', "where browsers reach this gateway, for servers' OAuth callbacks", (o) =>
    o.argParser(toArgParser<string>(parsePublicUrl)),
  );
  add('-e, --env <KEY=value>', 'variable for the server, or for ${…} in --config; repeatable', (o) =>
    o.argParser(toArgParser<readonly string[]>(collect)).default([], 'none'),
  );
  add('--env-path <file>', '.env file with more of them');
  add('--replicas <count>', 'children of the server, for one that keeps no state', (o) =>
    o.argParser(toArgParser<number>(parseReplicas)).default(1),
  );
  add('--workers <count>', 'processes that serve the port, each with servers of its own', (o) =>
    o.argParser(toArgParser<number>(parseWorkers)).default(1),
  );
  command.optionsGroup('Where it answers:');
  add('--host <address>', 'address to bind', (o) => o.default(defaults.host));
  add('-p, --port <port>', 'port to bind; 0 picks a free one', (o) =>
    o.argParser(toArgParser<number>(parsePort)).default(defaults.port),
  );
  add('-t, --ssl-certfile <file>', 'serve HTTPS with this certificate chain (PEM)');
  add('-K, --ssl-keyfile <file>', 'and this private key (PEM)');
  add('--root-path <path>', 'where a proxy shows the gateway', (o) =>
    o.argParser(toArgParser<string>(parseMountPath)).default('', 'none'),
  );
  add('--path-prefix <path>', 'answer under this path as well', (o) =>
    o.argParser(toArgParser<string>(parseMountPath)).default('', 'none'),
  );
  add('--trust-proxy', 'believe X-Forwarded-* headers');
  command.optionsGroup('Who may call:');
  add('-k, --api-key <key>', 'require this key, as Bearer token or Basic password');
  addIdentityFlags(add);
  addAuthorizationFlags(add);
  add('--strict-auth', 'require credentials for docs, documents and metrics too');
  add('--cors-allow-origins <origin>', 'pages of this origin may call; * for any; repeatable', (o) =>
    o.argParser(toArgParser<readonly string[]>(collectOrigins)).default([], 'none'),
  );
  command.optionsGroup('How much, and how long:');
  add('--max-body <size>', 'largest request body', (o) =>
    o.argParser(toArgParser<number>(parseBytes)).default(defaults.maxBodyBytes, '4MiB'),
  );
  add('--max-message <size>', 'largest message from the server', (o) =>
    o.argParser(toArgParser<number>(parseBytes)).default(defaults.maxMessageBytes, '256MiB'),
  );
  add('--max-in-flight <calls>', 'calls at a server at a time', (o) =>
    o.argParser(toArgParser<number>(parseMaxInFlight)).default(defaults.maxInFlight),
  );
  add('--max-queue <calls>', 'calls that wait when there are as many; 0: none does', (o) =>
    o.argParser(toArgParser<number>(parseMaxQueue)).default(defaults.maxQueue),
  );
  add(
    '--fair-by <what>',
    'clients that take turns then: by address, header:<name>, claim:<name> or key:name',
    (o) => o.argParser(toArgParser<FairBy>(parseFairBy)).default(defaults.fairBy, 'address'),
  );
  const durations = [
    ['--call-timeout <time>', 'for a tool to answer', defaults.callTimeoutMs],
    [
      '--request-timeout <time>',
      'for a request to arrive, or some of an answer to be read',
      defaults.requestTimeoutMs,
    ],
    ['--start-timeout <time>', 'for the server to start', defaults.startTimeoutMs],
    ['--shutdown-timeout <time>', 'for calls in flight to finish at the end', defaults.shutdownTimeoutMs],
  ] as const;
  for (const [flags, description, ms] of durations) {
    add(flags, description, (o) =>
      o.argParser(toArgParser<number>(parseDuration)).default(ms, `${ms / 1_000}s`),
    );
  }
  add('--max-call-time <time>', 'how far progress may extend a call (default: not at all)', (o) =>
    o.argParser(toArgParser<number>(parseDuration)),
  );
  add('--drain-delay <time>', 'at the end, how long to serve on with /readyz down', (o) =>
    o.argParser(toArgParser<number>(parseDurationOrOff)).default(defaults.drainDelayMs, '0'),
  );
  add('--idempotency-ttl <time>', 'how long answers to an Idempotency-Key are kept; 0: not', (o) =>
    o.argParser(toArgParser<number>(parseDurationOrOff)).default(defaults.idempotencyTtlMs, '10m'),
  );
  addRateLimitFlags(add);
  addRedisFlags(add);
  command.optionsGroup('The document, and what is held to it:');
  add('-n, --name <title>', "title of the document (default: the server's name)");
  add('-d, --description <text>', 'description of the document');
  add('-v, --version <version>', "version in the document (default: the server's)");
  add('--openapi-version <version>', 'version of the document that is shown', (o) =>
    o.choices(['3.1', '3.0']).default(defaults.openapiVersion),
  );
  add('--inline-refs', 'show the document without references');
  add('--print-openapi [format]', 'write the document and end: json or yaml', (o) =>
    o.choices(['json', 'yaml']).preset('json'),
  );
  add('--contract <file>', 'committed document to hold the server to');
  add('--contract-policy <policy>', 'what to do when the live tools differ from it', (o) =>
    o.choices(['refuse', 'warn', 'follow']).default('warn'),
  );
  add('--validate-responses <mode>', 'check results against their output schema', (o) =>
    o.choices(['off', 'warn', 'enforce']).default(defaults.validateResponses),
  );
  add('--formats <mode>', 'what `format` in a schema means', (o) =>
    o.choices(['annotate', 'assert']).default(defaults.formats),
  );
  add('--tool-error-status <status>', "HTTP status of a tool's own failure", (o) =>
    o.argParser(toArgParser<number>(parseErrorStatus)).default(defaults.toolErrorStatus),
  );
  add('--compat <program>', 'look like another gateway to clients', (o) => o.choices(['mcpo']));
  command.optionsGroup('What is told:');
  addAuditFlags(add);
  add('--log-level <level>', 'how much is logged on stderr', (o) =>
    o.argParser(toArgParser<LogLevel>(parseLogLevel)).default(defaults.logLevel),
  );
  command.addOption(
    new Option('--server-type <type>').argParser(toArgParser<ServerType>(parseServerType)).hideHelp(),
  );
  add('--json', 'print one JSON line when ready: {url, tools, servers, pid}');
  return command;
}

/** As commander does, but for the variable: they all follow one rule, which the help ends with. */
function describe(option: Option): string {
  const { description, argChoices, defaultValue, defaultValueDescription } = option;
  // Every default of an option here is a text or a number, or has a description.
  const said = defaultValueDescription ?? (defaultValue as string | number | undefined);
  const notes = [
    ...(argChoices === undefined ? [] : [argChoices.join(', ')]),
    ...(said === undefined ? [] : [`default: ${said}`]),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

/** The variable of an option. */
export function variableOf(option: Option): string {
  return `MCPO_${option.name().replaceAll('-', '_').toUpperCase()}`;
}

/** A switch is on when it is given, or when its variable says so. */
export function isSwitchedOn(command: Command, attribute: string): boolean {
  const option = command.options.find((candidate) => candidate.attributeName() === attribute);
  if (option === undefined) throw new Error(`there is no switch ${attribute}`);
  if (command.getOptionValue(attribute) === true) return true;
  const value = process.env[variableOf(option)];
  return value !== undefined && parseSwitch(variableOf(option), value);
}

/** What the user wrote an option as: its name, or that of its variable. */
export function writtenName(command: Command, attribute: string): string {
  const option = command.options.find((candidate) => candidate.attributeName() === attribute);
  if (option === undefined) throw new Error(`there is no option ${attribute}`);
  const isFlag = option.isBoolean()
    ? command.getOptionValue(attribute) === true
    : command.getOptionValueSource(attribute) !== 'env';
  return isFlag ? `--${option.name()}` : variableOf(option);
}

// From the environment, several assignments come on a line each.
function collect(text: string, previous: readonly string[]): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) parseAssignment(line);
  return [...previous, ...lines];
}

function collectOrigins(text: string, previous: readonly string[]): readonly string[] {
  return [
    ...previous,
    ...text
      .split(/[\s,]+/)
      .filter((origin) => origin !== '')
      .map(parseOrigin),
  ];
}
