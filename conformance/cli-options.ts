import { Command, InvalidArgumentError, Option } from 'commander';
import { packageVersion, type JsonObject, type RemoteServerSettings } from '../src/index.ts';
import {
  splitPair,
  toArguments,
  toDuration,
  toEnv,
  toList,
  toPhases,
  toRemoteType,
  toTexts,
  toWhole,
} from './cli/option-values.ts';
import { phases, type Phase } from './fuzzing/test-call.ts';
import type { ToolSettings } from './options.ts';
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
  /** From the settings file alone. */
  readonly tools?: Readonly<Record<string, ToolSettings>>;
  readonly phases?: readonly Phase[];
  readonly maxExamples: number;
  /** Milliseconds. */
  readonly maxTime: number;
  readonly shrink: boolean;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly requestTimeout: number;
  readonly maxFailures?: number;
  readonly failOn: 'error' | 'warning';
  readonly protocolVersion: string;
  /** How the URL after `--` is spoken to; undefined when it is not said. */
  readonly type?: RemoteServerSettings['type'];
  /** `Name: value`, as typed. */
  readonly header?: readonly string[];
  /** A file of servers. */
  readonly config?: string;
  /** Names of servers in it, or patterns. */
  readonly server?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly rest?: string;
  readonly restHeader?: readonly string[];
  readonly restDocument?: string;
  readonly contract?: string;
  readonly settings?: string | false;
  readonly baseline?: string;
  readonly updateBaseline?: true;
  readonly save: boolean;
  readonly saveDir: string;
  readonly listChecks?: true;
  readonly jsonSchema?: true;
  readonly github: boolean;
  readonly report?: readonly ReportFile[];
}

/** A report beside the one on stdout. */
interface ReportFile {
  readonly format: ReportFormat;
  /** `-` is stdout. */
  readonly path: string;
}

const formats = ['text', 'json', 'ndjson', 'junit', 'markdown', 'html'] as const;
export type ReportFormat = (typeof formats)[number];

/** Where findings are saved, unless the command line says otherwise. */
export const defaultSaveDir = '.mcpo-verify';

/** The command, with all of its options. */
export function verifyCommand(): Command {
  return new Command('mcpo-verify')
    .description(
      'Checks an MCP server, with calls made from its schemas: wire, listing, valid and invalid arguments, behaviour, concurrency, and the contract of a gateway.',
    )
    .usage(
      '[options] -- <mcp command or URL> [args…]\n       mcpo-verify [options] --config <file>\n       mcpo-verify [options] --rest <url>\n       mcpo-verify replay [options] <file|id> [-- <other mcp command>]',
    )
    .helpOption('-h, --help', 'show this help')
    .version(packageVersion, '-V, --version', 'show the version')
    .allowExcessArguments(false)
    .option('--seed <number>', 'repeat the choices of another run', toWhole(0))
    .option('--checks <patterns>', 'run these checks, or groups of them, only', toList)
    .option('--exclude-checks <patterns>', 'leave these checks out', toList)
    .option('--include <patterns>', 'look at these tools only', toList)
    .option('--exclude <patterns>', 'leave these tools out', toList)
    .addOption(
      new Option('--calls <which>', 'call read-only tools, or all of them: others may destroy')
        .choices(['safe', 'all'])
        .default('safe'),
    )
    .option('--allow <patterns>', 'call these tools too', toList)
    .option('--arguments <tool=json>', 'members that all calls of a tool have', toArguments)
    .option('--concurrency <count>', 'calls at once', toWhole(2), 8)
    .addOption(
      new Option('--request-timeout <time>', 'when a request counts as not answered')
        .argParser(toDuration)
        .default(30_000, '30s'),
    )
    .option('--phases <phases>', `steps of the fuzzing: ${phases.join(', ')}`, toPhases)
    .option('--max-examples <count>', 'calls of each tool in each phase, at most', toWhole(1), 100)
    .addOption(
      new Option('--max-time <time>', 'what all fuzzing may take, split over the tools')
        .argParser(toDuration)
        .default(300_000, '5m'),
    )
    .option('--no-shrink', 'leave the calls of findings as they were made')
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
    .option('--type <type>', 'how a URL is spoken to: auto, sse or streamable-http', toRemoteType)
    .option('--header <Name: value>', 'send this to a URL; ${VAR} is taken from the environment', toTexts)
    .option('--config <file>', 'verify each server of this file, as Claude Desktop and others write it')
    .option('--server <names>', 'verify these servers of it only', toList)
    .option('--rest <url>', 'check this REST gateway, which already runs, instead of starting one')
    .option('--rest-header <Name: value>', 'send this to it; ${VAR} is taken from the environment', toTexts)
    .option('--rest-document <file>', 'its OpenAPI document (default: what it serves at /openapi.json)')
    .option('--contract <file>', 'a committed OpenAPI document that the tools are held to')
    .option('--cwd <folder>', "the server's working directory (default: a temporary one)")
    .option('--env <NAME=value>', "add to the server's environment", toEnv)
    .option('--report <format=file>', `write a report: ${formats.join(', ')}; - is stdout`, toReport)
    .option('--no-github', 'in a GitHub workflow, neither annotate it nor write the summary of the step')
    .option('--baseline <file>', 'findings that are known and do not fail the run')
    .option('--update-baseline', 'write what was found to the baseline')
    .option('--save-dir <folder>', 'where findings are saved, to be replayed', defaultSaveDir)
    .option('--no-save', 'save no findings')
    .option(
      '--settings <file>',
      'read the settings from here (default: mcpo-verify.config.json, if it exists)',
    )
    .option('--no-settings', 'read no settings')
    .option('--list-checks', 'list the checks, and do nothing else')
    .option('--json-schema', 'print the JSON Schema of the json report, and do nothing else')
    .addHelpText(
      'after',
      '\nExit code: 0 clean, 1 findings, 2 could not run, 130 interrupted.\n\nExample:\n  $ mcpo-verify -- npx -y @modelcontextprotocol/server-everything\n',
    );
}

function toReport(text: string, previous: readonly ReportFile[] = []): readonly ReportFile[] {
  const [name, path] = splitPair(text, 'write it as json=report.json');
  const format = formats.find((known) => known === name);
  if (format === undefined) throw new InvalidArgumentError(`known formats are ${formats.join(', ')}`);
  return [...previous, { format, path }];
}
