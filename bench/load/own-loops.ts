import { HttpCaller, isOk } from './http-call.ts';
import type { Stop } from './http-closed.ts';
import { toToken, withUserToken, type LoadCall, type LoadJob } from './messages.ts';
import type { Recorder } from './recorder.ts';
import { isSuccess, type StdioClient } from './stdio-client.ts';

/** Calls that are due and not yet sent; the rate is then far beyond what can be answered. */
const maxBacklog = 100_000;

/** As many calls in the pipe as there are users, straight to the server. */
export function startPipeLoop(job: LoadJob, client: StdioClient, recorder: Recorder): Stop {
  const send = toPipeSender(job, client, recorder);
  let isOver = false;
  const user = async (own: number): Promise<void> => {
    for (let at = own; !isOver; at += 1) {
      const isAlive = await send(own, at, performance.now());
      if (!isAlive) return;
    }
  };
  const users = Promise.all(Array.from({ length: job.users }, async (_user, own) => await user(own)));
  return async () => {
    isOver = true;
    await Promise.race([users, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  };
}

/**
 * Calls that are due at a rate, whether or not others were answered, over at most as many connections as there are
 * users. A call that has to wait for a connection counts from the time at which it was due: nothing is omitted.
 */
export function startOpenLoop(job: LoadJob, rate: number, recorder: Recorder): Stop {
  const { users, url, headers } = job;
  const caller = new HttpCaller(url, headers, users);
  const send = toHttpSender(job, caller, recorder);
  const free = Array.from({ length: users }, (_user, own) => own);
  const due: { readonly at: number; readonly dueMs: number }[] = [];
  const startMs = performance.now();
  let next = 0;
  const serve = (): void => {
    while (free.length > 0 && due.length > 0) {
      const own = free.pop() ?? 0;
      const { at, dueMs } = due.shift() ?? { at: 0, dueMs: 0 };
      void make(own, at, dueMs);
    }
  };
  const make = async (own: number, at: number, dueMs: number): Promise<void> => {
    // It never rejects.
    await send(own, at, dueMs);
    free.push(own);
    serve();
  };
  const timer = setInterval(() => {
    const now = performance.now();
    for (; startMs + (next * 1_000) / rate <= now; next += 1) {
      if (due.length < maxBacklog) due.push({ at: next, dueMs: startMs + (next * 1_000) / rate });
      else recorder.fail('not sent', `more than ${maxBacklog} calls were due`);
    }
    serve();
  }, 1);
  return async () => {
    clearInterval(timer);
    due.length = 0;
    caller.close();
    await Promise.resolve();
  };
}

/** Makes the call of a place in the sequence; false when there is nobody to call any more. */
type Send = (user: number, at: number, sinceMs: number) => Promise<boolean>;

function toPipeSender({ calls, sequence, worker }: LoadJob, client: StdioClient, recorder: Recorder): Send {
  return async (user, at, sinceMs) => {
    const call = pick(calls, sequence, at);
    if (call === undefined) return false;
    const token = toToken(worker, user);
    const answer = await client.call(call.tool, withUserToken(call, token));
    if (answer.kind === 'ended') {
      recorder.fail('the server ended', answer.message);
      return false;
    }
    if (answer.kind === 'error' || !isSuccess(answer)) recorder.fail('tool error', JSON.stringify(answer));
    else if (call.hasToken && !answer.text.includes(token)) recorder.mistake();
    else recorder.succeed(performance.now() - sinceMs);
    return true;
  };
}

function toHttpSender({ calls, sequence, worker }: LoadJob, caller: HttpCaller, recorder: Recorder): Send {
  return async (user, at, sinceMs) => {
    const call = pick(calls, sequence, at);
    if (call === undefined) return false;
    const token = toToken(worker, user);
    const answer = await caller.post(call.path, withUserToken(call, token));
    if (!isOk(answer)) recorder.fail(answer.status === 0 ? 'connection' : String(answer.status), answer.body);
    else if (call.hasToken && !answer.body.includes(token)) recorder.mistake();
    else recorder.succeed(performance.now() - sinceMs);
    return answer.status !== 0;
  };
}

function pick(calls: readonly LoadCall[], sequence: readonly number[], at: number): LoadCall | undefined {
  return calls[sequence[at % sequence.length] ?? 0];
}
