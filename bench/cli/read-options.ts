import { builtFile } from '../package-paths.ts';
import { CannotRunError } from '../cannot-run.ts';
import type { EmitRequest } from '../emit/parse-emit.ts';
import { canMeasureProcesses } from '../machine.ts';
import type { BenchedTarget, BenchOptions } from '../options.ts';
import { splitWords } from '../subject/split-words.ts';
import type { WantedCall } from '../work/choose-work.ts';
import { readComparisons } from './read-comparisons.ts';
import { benchCommand, type Flags, type NamedTool, type ReportFile } from './bench-command.ts';

/** What the command line asks for. */
export interface BenchRequest {
  readonly options: Omit<BenchOptions, 'signal'>;
  readonly reports: readonly ReportFile[];
  /** Where to keep the run for later ones. */
  readonly save: string | undefined;
  /** What to write instead of measuring. */
  readonly emit: EmitRequest | undefined;
}

/**
 * Reads the words of the command line.
 *
 * @throws CommanderError when they are wrong, or ask for help
 * @throws CannotRunError when they contradict each other
 */
export function readOptions(words: readonly string[], env: NodeJS.ProcessEnv): BenchRequest {
  const at = words.indexOf('--');
  const own = at === -1 ? words : words.slice(0, at);
  const server = at === -1 ? [] : words.slice(at + 1);
  const named: NamedTool[] = [];
  // Errors are printed once, by whoever catches them.
  const command = benchCommand(named)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  command.parse([...own], { from: 'user' });
  const flags = command.opts<Flags>();
  const { users, duration, warmUp, rate, seed, assert = [], report = [], dataFile } = flags;
  const wanted = named.filter(({ isSlow }) => !isSlow).map(toWanted);
  const slow = named.filter(({ isSlow }) => isSlow).map(toWanted);
  if (flags.faults === true && !canMeasureProcesses) {
    throw new CannotRunError("--faults: the server's process is found by /proc, which is not here");
  }
  if (flags.faults === true && flags.url !== undefined) {
    throw new CannotRunError(
      '--faults: with --url, the server is not ours to kill; name its command after --',
    );
  }
  if (slow.length > 1) throw new CannotRunError('--slow-tool: name one');
  if (dataFile !== undefined && (wanted.length > 1 || wanted.some((each) => each.arguments !== undefined))) {
    throw new CannotRunError('--data-file: it holds the data; name one --tool without --data, or none');
  }
  const options = {
    target: readTarget(flags, server, env),
    wanted,
    users,
    durationMs: duration,
    warmUpMs: warmUp,
    seed,
    assertions: assert,
    ...(rate !== undefined && { rate }),
    ...(flags.faults === true && { hasFaults: true }),
    ...(flags.soak !== undefined && { soakMs: flags.soak }),
    ...(dataFile !== undefined && { dataFile }),
    ...(slow[0] !== undefined && { slow: slow[0] }),
    ...readComparisons(flags),
  };
  return { options, reports: report, save: flags.save, emit: flags.emit };
}

function toWanted({ tool, weight, arguments: given }: NamedTool): WantedCall {
  return { tool, weight, source: 'given', ...(given !== undefined && { arguments: given }) };
}

function readTarget(flags: Flags, server: readonly string[], ours: NodeJS.ProcessEnv): BenchedTarget {
  const { url, synthetic, gateway, env = {}, apiKey, header = {} } = flags;
  const said = [
    url !== undefined && '--url',
    synthetic !== undefined && '--synthetic',
    server.length > 0 && '--',
  ];
  const ways = said.filter((each) => each !== false);
  if (ways.length > 1) throw new CannotRunError(`${ways.join(' and ')}: choose one thing to measure`);
  const key = apiKey ?? (url === undefined ? undefined : ours['MCPO_API_KEY']);
  const headers = { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...header };
  if (url !== undefined) {
    if (gateway !== undefined) throw new CannotRunError('--gateway: with --url, the gateway runs already');
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new CannotRunError(`--url: '${url}' is no address; write it as http://127.0.0.1:8000`);
    }
    return { kind: 'url', url, headers };
  }
  if (gateway !== undefined && !gateway.includes('{port}')) {
    throw new CannotRunError('--gateway: write {port} where its port belongs');
  }
  if (gateway !== undefined) requireWords('--gateway', gateway);
  const words = synthetic === undefined ? server : toSyntheticWords(synthetic, flags.seed);
  if (words[0] === undefined || words[0] === '') {
    throw new CannotRunError('name the server: mcpo-bench [options] -- <mcp command>; see mcpo-bench --help');
  }
  return {
    kind: 'command',
    words,
    env,
    headers,
    ...(gateway !== undefined && { gateway }),
    ...(synthetic !== undefined && { name: `the synthetic server ${synthetic}` }),
  };
}

function requireWords(option: string, command: string): void {
  try {
    splitWords(command);
  } catch (error) {
    throw new CannotRunError(`${option}: ${(error as Error).message}`); // splitWords throws RangeError
  }
}

function toSyntheticWords(kind: NonNullable<Flags['synthetic']>, seed: number): readonly string[] {
  return kind === 'echo-sdk'
    ? [process.execPath, builtFile('bench/upstreams/echo-sdk.js')]
    : [process.execPath, builtFile('bench/upstreams/synthetic.js'), kind, String(seed)];
}
