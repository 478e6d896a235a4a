import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json/value.ts';
import { runProgram } from './workspace.ts';

/** A tool as Open WebUI shows it to a model. */
export interface ImportedTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

/** What the importer makes of a document: tools, or nothing at all. */
export type Imported = { readonly tools: readonly ImportedTool[] } | { readonly error: string };

/** One call of a tool behind a running gateway. */
export interface ToolServerCall {
  /** Base URL of the gateway. */
  readonly url: string;
  /** The tool's name for the model. */
  readonly name: string;
  /** What the model writes: a JSON object. */
  readonly arguments: string;
}

/** What became of a call. */
export interface ToolServerAnswer {
  /** What the model reads. */
  readonly answer: unknown;
  /** False when the answer is Open WebUI's word for a failure. */
  readonly isAnswered: boolean;
  /** The body that it sent. */
  readonly sent: string;
}

const script = join(import.meta.dirname, 'open_webui.py');
const cache = join(homedir(), '.cache/mcpo-toolkit/open-webui');
const wheel = existsSync(cache) ? readdirSync(cache).find((name) => name.endsWith('.whl')) : undefined;
const python = ['python3', 'python'].find((command) => runs(command, ['--version']));
const uvArgs = ['run', '--offline', '--no-project', '--with', 'aiohttp', 'python'];

/** Why documents cannot be imported; undefined when they can. */
export const importAbsence: string | undefined =
  python === undefined
    ? 'there is no Python'
    : wheel === undefined
      ? `there is no wheel: \`pip download --no-deps --dest ${cache} open-webui==0.12.4\` fetches it`
      : undefined;

/** Why tools cannot be called; undefined when they can. */
export const callAbsence: string | undefined =
  importAbsence ??
  (runs('uv', [...uvArgs, '-c', 'import aiohttp'])
    ? undefined
    : 'there is no aiohttp: `uv run --no-project --with aiohttp python -c pass` fetches it');

/** Imports documents, by name. */
export async function importDocuments(
  documents: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, Imported>>> {
  const { documents: imported } = await run(python ?? 'python3', [], {
    documents: Object.fromEntries(documents),
  });
  return imported;
}

/** Calls tools, one after the other. */
export async function callTools(calls: readonly ToolServerCall[]): Promise<readonly ToolServerAnswer[]> {
  return (await run('uv', uvArgs, { calls })).calls;
}

interface Answer {
  readonly documents: Readonly<Record<string, Imported>>;
  readonly calls: readonly ToolServerAnswer[];
}

async function run(command: string, args: readonly string[], job: object): Promise<Answer> {
  const words = [...args, script, join(cache, wheel ?? '')];
  const { code, stdout, stderr } = await runProgram(command, words, {
    cwd: cache,
    input: JSON.stringify(job),
  });
  if (code !== 0) throw new Error(`${script} exited with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { timeout: 20_000 }).status === 0;
}
