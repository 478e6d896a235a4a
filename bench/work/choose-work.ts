import { withToken } from '../../conformance/checks/token-arguments.ts';
import { ToolBook } from '../../conformance/arguments/tool-book.ts';
import { isReadOnly, type ListedTool } from '../../conformance/target/list-tools.ts';
import { isJsonObject, type JsonObject } from '../../src/index.ts';
import { CannotRunError } from '../cannot-run.ts';
import { tokenMarker } from '../load/messages.ts';
import type { WorkCall } from './calls.ts';
import {
  findOperation,
  findTool,
  listNames,
  readOnlyTools,
  requireValid,
  type ToolShelf,
} from './tool-shelf.ts';

/** A call that somebody asked for. */
export interface WantedCall {
  readonly tool: string;
  readonly weight: number;
  /** Undefined: arguments are generated. */
  readonly arguments?: JsonObject;
  readonly source: 'given' | 'file';
}

/** One call, to see what comes of it. */
export type Try = (
  call: Pick<WorkCall, 'tool' | 'path' | 'argumentsText'>,
) => Promise<{ readonly isOk: boolean; readonly text: string }>;

/** Stands in given arguments where a token belongs. */
const placeholder = '{{token}}';
/** Of the read-only tools, when nobody named any. */
const maxTools = 5;
const maxCandidates = 5;
/** A server that fails now and then is measured all the same. */
const maxTries = 3;

/**
 * What users will call: what was asked for, or read-only tools with generated arguments. Every call was tried once.
 *
 * @throws CannotRunError when a tool is not there, arguments violate the contract, or nothing answers
 */
export async function chooseWork(
  shelf: ToolShelf,
  wanted: readonly WantedCall[],
  options: { readonly seed: number; readonly attempt: Try },
): Promise<readonly WorkCall[]> {
  const book = new ToolBook({}, options.seed);
  // All that is wrong with the words is said before anything is called.
  for (const { tool, arguments: given } of wanted) {
    const operation = findOperation(shelf, tool);
    if (given !== undefined) requireValid(shelf, operation, given);
  }
  const context = { shelf, book, attempt: options.attempt };
  if (wanted.length > 0) {
    const calls: WorkCall[] = [];
    for (const call of wanted) calls.push(await prepareWanted(call, context));
    return calls;
  }
  return await chooseReadOnly(context);
}

interface Context {
  readonly shelf: ToolShelf;
  readonly book: ToolBook;
  readonly attempt: Try;
}

async function prepareWanted(wanted: WantedCall, context: Context): Promise<WorkCall> {
  const { shelf, attempt } = context;
  const tool = findTool(shelf, wanted.tool);
  const { weight, source } = wanted;
  if (wanted.arguments === undefined) {
    const found = await generate(tool, weight, context);
    if (found !== undefined) return found;
    throw new CannotRunError(`no generated arguments were taken by ${tool.name}; give it some with --data`);
  }
  const text = JSON.stringify(wanted.arguments);
  const { path } = findOperation(shelf, tool.name);
  const base = { tool: tool.name, path, weight, source };
  const call = { ...base, argumentsText: text.replaceAll(placeholder, tokenMarker), hasToken: false };
  const answer = await tryOften(attempt, call);
  if (!answer.isOk) {
    throw new CannotRunError(`${tool.name} fails with these arguments, so there is nothing to measure`, [
      answer.text.slice(0, 300),
    ]);
  }
  if (text.includes(placeholder)) return { ...call, hasToken: answer.text.includes(tokenMarker) };
  return (await withEcho(call, tool, wanted.arguments, attempt)) ?? call;
}

async function chooseReadOnly(context: Context): Promise<readonly WorkCall[]> {
  const { shelf } = context;
  const candidates = readOnlyTools(shelf);
  if (candidates.length === 0) {
    throw new CannotRunError(
      `no tool says that it is read-only; name what to call: --tool <name> --data '{…}'; there are ${listNames(shelf.tools)}`,
    );
  }
  const calls: WorkCall[] = [];
  for (const tool of candidates) {
    const found = await generate(tool, 1, context);
    if (found !== undefined) calls.push(found);
    if (calls.length === maxTools) break;
  }
  if (calls.length > 0) return calls;
  throw new CannotRunError(
    `no read-only tool takes generated arguments; say what to send: --tool <name> --data '{…}'; there are ${listNames(candidates)}`,
  );
}

async function generate(tool: ListedTool, weight: number, context: Context): Promise<WorkCall | undefined> {
  const { shelf, book, attempt } = context;
  const { path } = findOperation(shelf, tool.name);
  for (const value of book.argumentsFor(tool, maxCandidates)) {
    const base = { tool: tool.name, path, weight, source: 'generated', hasToken: false } as const;
    const call = { ...base, argumentsText: JSON.stringify(value) };
    const answer = await tryOften(attempt, call);
    if (answer.isOk) return (await withEcho(call, tool, value, attempt)) ?? call;
  }
  return undefined;
}

/** The call with a token that its answer repeats; undefined where it repeats none, or where trying may do harm. */
async function withEcho(
  call: WorkCall,
  tool: ListedTool,
  value: JsonObject,
  attempt: Try,
): Promise<WorkCall | undefined> {
  const replaced = isReadOnly(tool) ? withToken(tool, value, tokenMarker) : undefined;
  if (replaced === undefined) return undefined;
  // As long as they were: the size of a call is part of the work.
  const kept = Object.entries(replaced).map(([name, item]) => [name, padTo(item, value[name])]);
  const marked = { ...call, argumentsText: JSON.stringify(Object.fromEntries(kept)), hasToken: true };
  const answer = await tryOften(attempt, marked);
  return answer.isOk && answer.text.includes(tokenMarker) ? marked : undefined;
}

function padTo(item: unknown, before: unknown): unknown {
  if (item !== tokenMarker || typeof before !== 'string') return item;
  return item + before.slice(tokenMarker.length);
}

async function tryOften(
  attempt: Try,
  call: WorkCall,
): Promise<{ readonly isOk: boolean; readonly text: string }> {
  let answer = await attempt(call);
  for (let tries = 1; !answer.isOk && tries < maxTries; tries += 1) answer = await attempt(call);
  return answer;
}

/**
 * Reads calls from a file: a JSON array, or a line of JSON for each; an item is the arguments of the one tool that was
 * named, or else `{"tool": …, "arguments": {…}, "weight": 1}`.
 *
 * @throws CannotRunError when it cannot be read so
 */
export function parseCalls(text: string, path: string, tool: string | undefined): readonly WantedCall[] {
  const items = parseItems(text, path);
  if (items.length === 0) throw new CannotRunError(`${path} holds no call`);
  return items.map((item, index) => {
    const place = `${path}, item ${index + 1}`;
    if (!isJsonObject(item)) throw new CannotRunError(`${place} is no JSON object`);
    if (tool !== undefined) return { tool, weight: 1, arguments: item, source: 'file' };
    const { tool: name, arguments: given = {}, weight = 1 } = item;
    if (typeof name !== 'string' || !isJsonObject(given)) {
      throw new CannotRunError(
        `${place}: write {"tool": "name", "arguments": {…}}, or name the tool by --tool`,
      );
    }
    if (typeof weight !== 'number' || !(weight > 0))
      throw new CannotRunError(`${place}: a weight is above zero`);
    return { tool: name, weight, arguments: given, source: 'file' };
  });
}

function parseItems(text: string, path: string): readonly unknown[] {
  if (text.trimStart().startsWith('[')) {
    const all = parseJson(text, path);
    return Array.isArray(all) ? all : [all];
  }
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), index }))
    .filter(({ line }) => line !== '')
    .map(({ line, index }) => parseJson(line, `${path}, line ${index + 1}`));
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CannotRunError(`${place} is not JSON: ${(error as Error).message}`); // JSON.parse throws SyntaxError
  }
}
