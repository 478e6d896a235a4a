import { readFileSync } from 'node:fs';
import { listTools } from './list-tools.ts';
import { CannotRunError } from '../cannot-run.ts';
import { HttpCaller, isOk } from '../load/http-call.ts';
import { isSuccess, ServerGoneError, StdioClient, type StdioCommand } from '../load/stdio-client.ts';
import { buildContract, childEnvironment } from '../../src/index.ts';
import type { BenchOptions } from '../options.ts';
import { startServe, type RunningGateway } from '../subject/gateway-process.ts';
import { readDocument, requireKey } from '../work/read-document.ts';
import type { ToolShelf } from '../work/tool-shelf.ts';
import { chooseWork, parseCalls, type Try, type WantedCall } from '../work/choose-work.ts';
import type { WorkCall } from '../work/calls.ts';

/** What is to be measured, looked at before any load. */
export interface Subject {
  readonly shelf: ToolShelf;
  readonly work: readonly WorkCall[];
  /** One call of the slow tool, when one was named. */
  readonly slow: WorkCall | undefined;
  /** How the server is started; undefined when the gateway runs elsewhere, or the server is at a URL. */
  readonly command: StdioCommand | undefined;
}

type SubjectOptions = Pick<BenchOptions, 'target' | 'wanted' | 'dataFile' | 'slow' | 'seed'>;

/**
 * Looks at the server, or the gateway, and chooses the work.
 *
 * @throws CannotRunError
 */
export async function openSubject(options: SubjectOptions): Promise<Subject> {
  const { target } = options;
  if (target.kind === 'url') return await askGateway(target, options);
  if (isRemote(target.words)) {
    const gateway = await startServe({ words: target.words, env: target.env });
    try {
      return await askGateway(gateway, options);
    } finally {
      await gateway.stop();
    }
  }
  const command = { words: target.words, env: childEnvironment(process.env, target.env, process.platform) };
  const client = await openClient(command);
  try {
    const tools = await listTools(client);
    const shelf = {
      tools,
      contract: await buildContract({ sources: [{ server: '', tools: tools.map(toTool) }] }),
    };
    const attempt: Try = async ({ tool, argumentsText }) => {
      const answer = await client.call(tool, argumentsText);
      if (answer.kind === 'ended')
        throw new CannotRunError(`the server died when ${tool} was called: ${answer.message}`);
      const text = answer.kind === 'error' ? answer.message : JSON.stringify(answer.result);
      return { isOk: isSuccess(answer), text };
    };
    return { shelf, ...(await choose(shelf, options, attempt)), command };
  } finally {
    await client.close();
  }
}

/** Whether the words name an MCP server at a URL, which has no pipe. */
function isRemote([word = '']: readonly string[]): boolean {
  return /^https?:\/\//i.test(word);
}

async function askGateway(
  { url, headers }: Pick<RunningGateway, 'url' | 'headers'>,
  options: SubjectOptions,
): Promise<Subject> {
  const caller = new HttpCaller(url, headers, 1, 30_000);
  try {
    const shelf = await readDocument(caller, url);
    const attempt: Try = async ({ path, argumentsText }) => {
      const answer = await caller.post(path, argumentsText);
      requireKey(answer, url);
      return { isOk: isOk(answer), text: answer.body };
    };
    return { shelf, ...(await choose(shelf, options, attempt)), command: undefined };
  } finally {
    caller.close();
  }
}

async function choose(
  shelf: ToolShelf,
  { wanted, dataFile, slow, seed }: SubjectOptions,
  attempt: Try,
): Promise<Pick<Subject, 'work' | 'slow'>> {
  const all = dataFile === undefined ? wanted : readCalls(dataFile, wanted);
  const work = await chooseWork(shelf, all, { seed, attempt });
  const [slowCall] = slow === undefined ? [] : await chooseWork(shelf, [slow], { seed, attempt });
  return { work, slow: slowCall };
}

function readCalls(path: string, wanted: readonly WantedCall[]): readonly WantedCall[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CannotRunError(`--data-file: cannot read ${path}: ${(error as Error).message}`); // fs throws Errors
  }
  return parseCalls(text, path, wanted[0]?.tool);
}

async function openClient(command: StdioCommand): Promise<StdioClient> {
  try {
    return await StdioClient.open(command);
  } catch (error) {
    if (!(error instanceof ServerGoneError)) throw error;
    throw new CannotRunError(`the server cannot be measured: ${error.message}`, error.stderrTail);
  }
}

function toTool({ name, source }: ToolShelf['tools'][number]): { readonly name: string } {
  return { ...source, name };
}
