import autocannon from 'autocannon';
import { toToken, withUserToken, type LoadJob } from './messages.ts';
import type { Recorder } from './recorder.ts';

/** Ends what {@link startClosedLoop} began. */
export type Stop = () => Promise<void>;

/** A gateway that is gone is asked again at once, for ever: with so many errors there is nothing to measure. */
const maxErrors = 1_000;

/** Users over HTTP, each calling again as soon as it is answered; autocannon is the engine. */
export function startClosedLoop(job: LoadJob, recorder: Recorder): Stop {
  const { url, users, calls, sequence, worker } = job;
  const headers = { ...job.headers, 'content-type': 'application/json' };
  let user = 0;
  const run = autocannon({
    url,
    connections: users,
    // It is stopped by hand.
    duration: 86_400,
    sampleInt: 20,
    timeout: 60,
    method: 'POST',
    headers,
    setupClient: (client: autocannon.Client) => {
      const own = user;
      user += 1;
      const token = toToken(worker, own);
      const requests = calls.map((call) => ({
        method: 'POST' as const,
        path: call.path,
        headers,
        body: withUserToken(call, token),
        onResponse: (status: number, body: string) => {
          isMistaken = call.hasToken && status >= 200 && status < 300 && !body.includes(token);
          if (status < 200 || status >= 300) recorder.fail(String(status), body);
        },
      }));
      // Each begins elsewhere, or they would all make the same call at the same time.
      const order = sequence.map((_index, at) => sequence[(at + own) % sequence.length] ?? 0);
      // A copy of each: autocannon keeps what it made of a request in it.
      client.setRequests(order.map((index) => ({ ...requests[index] })));
    },
  });
  // What was noticed of the answer that is told of next.
  let isMistaken = false;
  let errors = 0;
  run.on('response', (_client, status, _bytes, ms) => {
    if (status < 200 || status >= 300) return;
    if (isMistaken) recorder.mistake();
    else recorder.succeed(ms);
  });
  run.on('reqError', (error) => {
    recorder.fail('connection', error.message);
    errors += 1;
    if (errors === maxErrors) run.stop();
  });
  return async () => {
    run.stop();
    await run;
  };
}
