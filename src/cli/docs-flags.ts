import { Option, type Command } from 'commander';
import {
  parseAssignment,
  parseDuration,
  parseHeaders,
  parseLogLevel,
  parseMountPath,
  parsePublicUrl,
  parseServerType,
} from '../config/parse-values.ts';
import { defaultSettings, type LogLevel } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import { toArgParser } from './run-command.ts';

/** What documentation is made from, as options say it. */
export interface SourceFlags {
  readonly config?: string;
  readonly document?: string;
  readonly url?: string;
  readonly allowMissing?: true;
  readonly apiKey?: string;
  readonly apiKeyAuth?: true;
  readonly tokenAuth?: string;
  readonly name?: string;
  readonly description?: string;
  readonly env: readonly string[];
  readonly envPath?: string;
  readonly rootPath: string;
  readonly startTimeout: number;
  readonly logLevel: LogLevel;
}

/** How the site looks, as options say it. */
export interface SiteFlags {
  readonly title?: string;
  readonly logo?: string;
  readonly color?: Colors;
  readonly baseUrl?: string;
  readonly gatewayUrl?: string;
  readonly footer?: string;
  readonly previous?: string;
}

/** CSS colours by scheme. */
interface Colors {
  readonly light: string;
  readonly dark?: string;
}

/** Adds the options that say what documentation is made from; what follows `--` is a server as well. */
export function addSourceOptions(command: Command): Command {
  return command
    .addOption(new Option('-c, --config <file>', 'the servers of a configuration, as for mcpo-serve'))
    .addOption(new Option('--document <file>', 'an OpenAPI 3.x document, JSON or YAML'))
    .addOption(parsed('--url <url>', 'a gateway that runs', parsePublicUrl))
    .addOption(
      new Option('--allow-missing', 'publish all the same when servers of --config cannot be reached'),
    )
    .addOption(new Option('-k, --api-key <key>', 'the key that --url asks for').env('MCPO_API_KEY'))
    .addOption(new Option('--api-key-auth', 'say in the documents that the gateway asks for a key'))
    .addOption(
      parsed('--token-auth <issuer>', 'say in them that it takes tokens of this issuer', parsePublicUrl),
    )
    .addOption(
      parsed(
        '--type <type>',
        'how a URL after -- is spoken to: auto, sse or streamable-http',
        parseServerType,
      ),
    )
    .addOption(parsed('-H, --header <json>', 'headers for the URL after --, as a JSON object', parseHeaders))
    .addOption(new Option('-n, --name <title>', "title of the document (default: the server's name)"))
    .addOption(new Option('-d, --description <text>', 'description of the document'))
    .addOption(
      new Option('-e, --env <KEY=value>', 'variable for the server, or for ${…} in --config; repeatable')
        .argParser(toArgParser<readonly string[]>(collect))
        .default([], 'none'),
    )
    .addOption(new Option('--env-path <file>', '.env file with more of them'))
    .addOption(
      parsed('--root-path <path>', 'where a proxy shows the gateway', parseMountPath).default('', 'none'),
    )
    .addOption(
      parsed(
        '--start-timeout <time>',
        'for a server to start, or a gateway to answer',
        parseDuration,
      ).default(defaultSettings.startTimeoutMs, '60s'),
    )
    .addOption(parsed('--log-level <level>', 'how much is logged on stderr', parseLogLevel).default('warn'));
}

/** Adds the options that say how the site looks. */
export function addSiteOptions(command: Command): Command {
  return command
    .addOption(new Option('--title <text>', "title of the site (default: the document's)"))
    .addOption(new Option('--logo <file>', 'image beside it: SVG, PNG, JPEG, WebP or GIF'))
    .addOption(
      parsed('--color <light[,dark]>', 'colour of links and marks, as in #0a6e5c,#4fd1b5', parseColors),
    )
    .addOption(
      parsed('--base-url <url>', 'where the site will be, for sitemap.xml and llms.txt', parsePublicUrl),
    )
    .addOption(parsed('--gateway-url <url>', 'where the gateway answers, for code samples', parsePublicUrl))
    .addOption(new Option('--footer <text>', 'text at the foot of each page'))
    .addOption(new Option('--previous <folder>', 'earlier documents, for a page of what changed'));
}

function parsed(flags: string, description: string, parse: (text: string) => unknown): Option {
  return new Option(flags, description).argParser(toArgParser<unknown>((text) => parse(text)));
}

/** Without the number sign too, which shells take for the start of a comment. */
function parseColors(text: string): Colors {
  const colors = text.split(',').map((each) => each.trim().replace(/^#/, '').toLowerCase());
  const [light = '', dark] = colors;
  if (colors.length > 2 || !colors.every((each) => /^(?:[0-9a-f]{3}){1,2}$/.test(each))) {
    throw new UsageError(`'${text}' is no colour; write one or two as in #0a6e5c,#4fd1b5`);
  }
  return { light: `#${light}`, ...(dark !== undefined && { dark: `#${dark}` }) };
}

function collect(text: string, previous: readonly string[]): readonly string[] {
  parseAssignment(text);
  return [...previous, text];
}
