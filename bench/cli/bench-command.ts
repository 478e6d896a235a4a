import { Command, InvalidArgumentError, Option } from 'commander';
import { toDuration, toEnv, toWhole } from '../../conformance/cli/option-values.ts';
import { isJsonObject, packageVersion, type JsonObject } from '../../src/index.ts';
import type { Assertion } from '../assertions/assertion.ts';
import { parseAssertion } from '../assertions/parse-assertion.ts';
import { engines, parseEmit, type EmitRequest } from '../emit/parse-emit.ts';
import { syntheticKinds, type SyntheticKind } from '../upstreams/kinds.ts';

/** A tool that the command line names, with the data that follows it. */
export interface NamedTool {
  readonly tool: string;
  readonly weight: number;
  readonly isSlow: boolean;
  arguments?: JsonObject;
}

/** What the command line says, parsed. */
export interface Flags {
  readonly dataFile?: string;
  readonly users: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Milliseconds. */
  readonly warmUp: number;
  readonly rate?: number;
  readonly faults?: boolean;
  /** Milliseconds. */
  readonly soak?: number;
  readonly synthetic?: SyntheticKind;
  readonly url?: string;
  readonly apiKey?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly gateway?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly assert?: readonly Assertion[];
  readonly report?: readonly ReportFile[];
  readonly emit?: EmitRequest;
  readonly save?: string;
  readonly compare?: string;
  readonly against?: string;
  readonly rounds: number;
}

const reportFormats = ['text', 'json', 'csv', 'markdown', 'html'] as const;

/** A report beside the one on stdout. */
export interface ReportFile {
  readonly format: (typeof reportFormats)[number];
  /** `-` is stdout. */
  readonly path: string;
}

/** The command, with all of its options; the tools that are named are put into `named`, in order. */
export function benchCommand(named: NamedTool[]): Command {
  return new Command('mcpo-bench')
    .description('Measures how many users an MCP server carries behind REST, and what is in its pipe.')
    .usage('[options] -- <mcp command> [args…]')
    .helpOption('-h, --help', 'show this help')
    .version(packageVersion, '-V, --version', 'show the version')
    .allowExcessArguments(false)
    .option('--tool <name[:weight]>', 'call this tool (default: read-only ones)', (text) =>
      nameTool(text, false),
    )
    .option('--data <json>', 'the arguments of the tool before it; {{token}} marks what it repeats', addData)
    .option('--data-file <file>', 'calls to make, as a JSON array or a line for each')
    .option('--slow-tool <name>', 'see whether fast calls wait for this one', (text) => nameTool(text, true))
    .option('--users <count>', 'the most users at one time', toWhole(1), 100)
    .addOption(
      new Option('--duration <time>', 'what each step may take').argParser(toDuration).default(5_000, '5s'),
    )
    .addOption(
      new Option('--warm-up <time>', 'before each step, not counted')
        .argParser(toDuration)
        .default(500, '500ms'),
    )
    .option('--rate <calls/s>', 'calls that are due each second, answered or not (open loop)', toRate)
    .option('--faults', 'kill the server under load, hang up and read slowly')
    .addOption(new Option('--soak <time>', 'keep the load up for so long').argParser(toDuration))
    .addOption(new Option('--synthetic <kind>', 'measure a server of ours').choices([...syntheticKinds]))
    .option('--url <url>', 'measure a gateway that runs')
    .option('--api-key <key>', 'its key (also MCPO_API_KEY)')
    .option('--header <name: value>', 'send this header to the gateway', toHeader)
    .option('--gateway <command>', 'another gateway; {port} is where it listens')
    .option('--env <NAME=value>', "add to the server's environment", toEnv)
    .option('--seed <number>', 'choices of arguments and order', toWhole(0), 1)
    .option('--assert <lines...>', "fail unless this holds: 'p99<50ms', 'errors==0'", toAssertion)
    .option(
      '--emit <engine[=file]>',
      `write the load for ${engines.join(' or ')} instead of making it`,
      parseEmit,
    )
    .option('--report <format=file>', `write a report: ${reportFormats.join(', ')}; - is stdout`, toReport)
    .option('--save <file>', 'keep this run, for later ones to be held against')
    .option('--compare <file>', 'fail when this run is worse than the one that was saved')
    .option('--against <command>', 'measure another gateway in turn; {port} is where it listens')
    .option('--rounds <count>', 'of each step, for --save, --compare and --against', toWhole(4), 6)
    .addHelpText(
      'after',
      '\nExit code: 0 ok, 1 an assertion failed, answers were wrong, or worse than\n--compare, 2 could not run, 130 interrupted.\n\nExample:\n  $ mcpo-bench --users 50 -- npx -y @modelcontextprotocol/server-everything\n',
    );

  function nameTool(text: string, isSlow: boolean): string {
    const [, name = text, amount] = /^(.+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
    const weight = Number(amount ?? 1);
    if (!(weight > 0)) throw new InvalidArgumentError('a weight is above zero');
    named.push({ tool: name, weight, isSlow });
    return text;
  }

  function addData(text: string): string {
    const last = named.at(-1);
    if (last === undefined) throw new InvalidArgumentError('name the tool before it, by --tool');
    if (last.arguments !== undefined) throw new InvalidArgumentError('the tool before it has data already');
    last.arguments = parseArguments(text);
    return text;
  }
}

function parseArguments(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('it is not JSON');
  }
  if (!isJsonObject(value)) throw new InvalidArgumentError('arguments are a JSON object');
  return value;
}

function toRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate <= 1e6)) throw new InvalidArgumentError('write a number above zero');
  return rate;
}

function toHeader(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf(':');
  if (at < 1) throw new InvalidArgumentError("write it as 'Name: value'");
  return { ...previous, [text.slice(0, at).trim().toLowerCase()]: text.slice(at + 1).trim() };
}

function toAssertion(text: string, previous: readonly Assertion[] = []): readonly Assertion[] {
  try {
    return [...previous, parseAssertion(text)];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message); // parseAssertion throws RangeError
  }
}

function toReport(text: string, previous: readonly ReportFile[] = []): readonly ReportFile[] {
  const at = text.indexOf('=');
  const format = reportFormats.find((known) => known === text.slice(0, at));
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('write it as json=report.json');
  if (format === undefined) throw new InvalidArgumentError(`known formats are ${reportFormats.join(', ')}`);
  return [...previous, { format, path: text.slice(at + 1) }];
}
