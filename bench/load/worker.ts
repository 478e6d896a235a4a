// The load generator: a process of its own, so that what it uses is not taken for the gateway's. It takes one order
// after the other over its channel; LoadGenerator starts it.
import { startClosedLoop, type Stop } from './http-closed.ts';
import type { FromWorker, LoadJob, ToWorker } from './messages.ts';
import { startOpenLoop, startPipeLoop } from './own-loops.ts';
import { Recorder } from './recorder.ts';
import { ServerGoneError, StdioClient } from './stdio-client.ts';

const sliceMs = 100;

let client: StdioClient | undefined;
let recorder = new Recorder();
let stop: Stop | undefined;
let slices: NodeJS.Timeout | undefined;

process.on('message', (order: ToWorker) => {
  void obey(order).then(answer, (error: unknown) =>
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
// Whoever started it is gone, and so are the servers that were started here.
process.on('disconnect', () => {
  void (client?.close() ?? Promise.resolve()).finally(() => process.exit());
});
// Ctrl-C is for whoever started it, who will say what to do.
process.on('SIGINT', () => {});

async function obey(order: ToWorker): Promise<FromWorker> {
  switch (order.kind) {
    case 'open':
      client = await openServer(order);
      return { kind: 'done' };
    case 'close':
      await client?.close();
      client = undefined;
      return { kind: 'done' };
    case 'start':
      recorder = new Recorder();
      stop = startLoop(order.job);
      return { kind: 'done' };
    case 'measure':
      recorder.restart();
      startSlices();
      return { kind: 'done' };
    case 'lap': {
      const count = recorder.count();
      recorder.restart();
      return { kind: 'count', count };
    }
    case 'stop': {
      clearInterval(slices);
      const count = recorder.count();
      await stop?.();
      recorder.stop();
      return { kind: 'count', count };
    }
  }
}

function startLoop(job: LoadJob): Stop {
  if (job.via === 'http') {
    return job.rate === undefined ? startClosedLoop(job, recorder) : startOpenLoop(job, job.rate, recorder);
  }
  if (client === undefined) throw new Error('no server was opened');
  return startPipeLoop(job, client, recorder);
}

function startSlices(): void {
  let since = performance.now();
  slices = setInterval(() => {
    const now = performance.now();
    answer({ kind: 'slice', calls: recorder.sliceCalls, ms: now - since });
    recorder.sliceCalls = 0;
    since = now;
  }, sliceMs);
}

async function openServer({ command }: Extract<ToWorker, { kind: 'open' }>): Promise<StdioClient> {
  try {
    return await StdioClient.open(command);
  } catch (error) {
    if (!(error instanceof ServerGoneError)) throw error;
    throw new Error([error.message, ...error.stderrTail].join('\n'), { cause: error });
  }
}

function answer(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
