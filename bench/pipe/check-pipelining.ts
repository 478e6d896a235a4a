import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpCaller, isOk } from '../load/http-call.ts';
import { isSuccess, StdioClient } from '../load/stdio-client.ts';
import { readDemandUs } from '../machine.ts';
import { builtFile } from '../package-paths.ts';
import type { HeadOfLine, PipeliningResult, PipeUse } from '../result.ts';
import { CpuWatch } from '../run/processes.ts';
import type { RunningGateway } from '../subject/gateway-process.ts';
import type { WorkCall } from '../work/calls.ts';
import { callAsUsers, type Caller, type UsersResult } from './call-users.ts';
import { checkHeadOfLine, findSlow } from './head-of-line.ts';
import { judgePipelining, toPipelining } from './judge-pipelining.ts';
import { measureAlone, type AloneTimes } from './measure-alone.ts';
import { readPipe } from './read-pipe.ts';
import type { StdioCommand } from '../load/stdio-client.ts';

export interface PipeliningOptions {
  readonly command: StdioCommand;
  /** Starts the gateway in front of a server with these words. */
  readonly startGateway: (words: readonly string[]) => Promise<RunningGateway>;
  readonly work: readonly WorkCall[];
  readonly sequence: readonly number[];
  readonly slow: WorkCall | undefined;
  readonly users: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
}

/** Watching needs no more; what many users come to, the sweep tells. */
const mostUsers = 32;
const warmUpMs = 200;
/** Long enough for each user to call many times, where calls are not longer than this allows. */
const callsEach = 20;
const leastMs = 1_000;

/** Looks at the pipe while many users call: how much is in it, who limits that, and whether answers reach their callers. */
export async function checkPipelining(
  options: PipeliningOptions,
): Promise<{ readonly pipelining: PipeliningResult; readonly headOfLine: HeadOfLine | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-bench-'));
  const log = join(folder, 'pipe.log');
  const client = await StdioClient.open(options.command);
  let gateway: RunningGateway | undefined;
  try {
    // Waiting for a core is no waiting of the server's: on a busy machine, it would look like sleep.
    const watch = new CpuWatch(process.pid, readDemandUs);
    const alone = await measureAlone(toPipe(client), options.work, watch);
    const words = [process.execPath, builtFile('bench/pipe/tee.js'), log, ...options.command.words];
    gateway = await options.startGateway(words);
    const users = Math.min(mostUsers, options.users);
    const http = new HttpCaller(gateway.url, gateway.headers, users + 1);
    try {
      const sides = { direct: toPipe(client), gateway: toHttp(http) };
      const direct = await callFor(sides.direct, options, alone, users);
      const behind = await callFor(sides.gateway, options, alone, users);
      const slow = options.slow ?? findSlow(options.work, alone);
      const headOfLine =
        slow === undefined ? undefined : await checkHeadOfLine(sides, { ...options, alone, slow, users });
      // Whatever it noted is on disk once it has ended.
      await gateway.stop();
      return {
        pipelining: toResult({ users, alone, direct, behind }, readFileSync(log, 'utf8')),
        headOfLine,
      };
    } finally {
      http.close();
    }
  } finally {
    await Promise.all([client.close(), gateway?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function callFor(
  call: Caller,
  { work, sequence, durationMs, signal }: PipeliningOptions,
  { meanMs, ofCall }: AloneTimes,
  users: number,
): Promise<UsersResult> {
  const forMs = Math.max(Math.min(leastMs, durationMs), Math.min(durationMs, callsEach * meanMs));
  const common = { users, signal, serviceMs: (index: number) => ofCall[index] ?? meanMs };
  await callAsUsers(call, { work, sequence }, { ...common, forMs: Math.min(warmUpMs, forMs) });
  return await callAsUsers(call, { work, sequence }, { ...common, forMs });
}

interface Watched {
  readonly users: number;
  readonly alone: AloneTimes;
  readonly direct: UsersResult;
  readonly behind: UsersResult;
}

function toResult({ users, alone, direct, behind }: Watched, notes: string): PipeliningResult {
  const traffic = readPipe(notes, behind.fromNs, behind.toNs);
  const facts = {
    users,
    serviceMs: alone.meanMs,
    busy: alone.busy,
    direct: direct.factor,
    behindGateway: behind.factor,
    mostAtPipe: traffic.most,
    meanAtPipe: traffic.mean,
  };
  const { checked, wrong, examples } = behind;
  return {
    verdict: judgePipelining(facts),
    pipelining: toPipelining(facts),
    users,
    behindGateway: toUse(behind),
    direct: toUse(direct),
    serviceMs: alone.meanMs,
    mostAtPipe: traffic.most,
    meanAtPipe: traffic.mean,
    correlation: { checked, wrong, examples },
  };
}

function toUse({ factor, calls, failed, wallMs }: UsersResult): PipeUse {
  return { factor, calls, failed, wallMs };
}

function toPipe(client: StdioClient): Caller {
  return async ({ tool }, text) => {
    const answer = await client.call(tool, text);
    return { isOk: isSuccess(answer), text: answer.kind === 'result' ? answer.text : answer.message };
  };
}

function toHttp(caller: HttpCaller): Caller {
  return async ({ path }, text) => {
    const answer = await caller.post(path, text);
    return { isOk: isOk(answer), text: answer.body };
  };
}
