import { Command, InvalidArgumentError, Option } from 'commander';
import { isJsonObject, packageVersion, type JsonObject } from '../src/index.ts';
import { knownRevisions } from './target/initialize.ts';

/** What the command line says, parsed. */
export interface Flags {
  readonly seed?: number;
  readonly checks?: readonly string[];
  readonly excludeChecks?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly calls: 'safe' | 'all';
  readonly allow?: readonly string[];
  readonly arguments?: Readonly<Record<string, JsonObject>>;
  readonly concurrency: number;
  /** Seconds. */
  readonly requestTimeout: number;
  readonly maxFailures?: number;
  readonly failOn: 'error' | 'warning';
  readonly protocolVersion: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly listChecks?: true;
  readonly report?: readonly ReportFile[];
}

/** A report beside the one on stdout. */
interface ReportFile {
  readonly format: ReportFormat;
  /** `-` is stdout. */
  readonly path: string;
}

const formats = ['text', 'json', 'ndjson'] as const;
export type ReportFormat = (typeof formats)[number];

/** The command, with all of its options. */
export function verifyCommand(): Command {
  return new Command('mcpo-verify')
    .description('Checks an MCP server: its wire, its listing, and calls at once.')
    .usage('[options] -- <mcp command> [args…]')
    .helpOption('-h, --help', 'show this help')
    .version(packageVersion, '-V, --version', 'show the version')
    .allowExcessArguments(false)
    .option('--seed <number>', 'repeat the choices of another run', toWhole(0))
    .option('--checks <patterns>', 'run these checks, or phases, only', toList)
    .option('--exclude-checks <patterns>', 'leave these checks out', toList)
    .option('--include <patterns>', 'look at these tools only', toList)
    .option('--exclude <patterns>', 'leave these tools out', toList)
    .addOption(
      new Option('--calls <which>', 'call read-only tools, or all of them: others may destroy')
        .choices(['safe', 'all'])
        .default('safe'),
    )
    .option('--allow <patterns>', 'call these tools too', toList)
    .option('--arguments <tool=json>', 'call a tool with these arguments', toArguments)
    .option('--concurrency <count>', 'calls at once', toWhole(2), 8)
    .option('--request-timeout <seconds>', 'when a request counts as not answered', toPositive, 30)
    .option('--max-failures <count>', 'end the run after so many findings', toWhole(1))
    .addOption(
      new Option('--fail-on <severity>', 'what makes the exit code 1')
        .choices(['error', 'warning'])
        .default('error'),
    )
    .addOption(
      new Option('--protocol-version <revision>', 'the revision of MCP to ask for')
        .choices([...knownRevisions])
        .default('2025-06-18'),
    )
    .option('--cwd <folder>', "the server's working directory (default: a temporary one)")
    .option('--env <NAME=value>', "add to the server's environment", toEnv)
    .option('--report <format=file>', 'write a report: text, json, ndjson; - is stdout', toReport)
    .option('--list-checks', 'list the checks, and do nothing else')
    .addHelpText(
      'after',
      '\nExit code: 0 clean, 1 findings, 2 could not run, 130 interrupted.\n\nExample:\n  $ mcpo-verify -- npx -y @modelcontextprotocol/server-everything\n',
    );
}

function toList(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...text.split(',').filter((part) => part !== '')];
}

function toWhole(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`write a whole number from ${min} on`);
    }
    return value;
  };
}

function toPositive(text: string): number {
  const value = Number(text);
  // Beyond this, timers fire at once.
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('write seconds, from above 0 to 86400');
  return value;
}

function toArguments(
  text: string,
  previous: Readonly<Record<string, JsonObject>> = {},
): Readonly<Record<string, JsonObject>> {
  const [tool, json] = splitPair(text, 'write them as echo={"message":"hi"}');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new InvalidArgumentError('what follows the equals sign is not JSON');
  }
  if (!isJsonObject(value)) throw new InvalidArgumentError('arguments are a JSON object');
  return { ...previous, [tool]: value };
}

function toEnv(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [name, value] = splitPair(text, 'write it as NAME=value');
  return { ...previous, [name]: value };
}

function toReport(text: string, previous: readonly ReportFile[] = []): readonly ReportFile[] {
  const [name, path] = splitPair(text, 'write it as json=report.json');
  const format = formats.find((known) => known === name);
  if (format === undefined) throw new InvalidArgumentError(`known formats are ${formats.join(', ')}`);
  return [...previous, { format, path }];
}

function splitPair(text: string, advice: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(advice);
  return [text.slice(0, at), text.slice(at + 1)];
}
