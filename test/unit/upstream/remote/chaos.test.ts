import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRemote } from '../../../fixtures/remote-upstream.ts';
import { until } from '../../../fixtures/scripted-upstream.ts';

const kinds = ['streamable-http', 'sse'] as const;
const callers = 40;
const losses = 9;

test.each(kinds)(
  'whatever is lost under load over %s, no call runs twice or hangs (UP-03, UP-10)',
  async (kind) => {
    const remote = await createRemote(kind, { backoff: { minBackoffMs: 5, maxBackoffMs: 20 } });
    const { server, upstream } = remote;
    await upstream.start();
    const outcomes = new Map<string, number[]>();
    let isOver = false;
    let calls = 0;
    const call = async (): Promise<void> => {
      while (!isOver) {
        calls += 1;
        const n = calls;
        const { kind: ended } = await remote.call('sleep', { n, ms: n % 10 }, { timeoutMs: 15_000 });
        outcomes.set(ended, [...(outcomes.get(ended) ?? []), n]);
        await sleep(n % 7);
      }
    };
    const all = Array.from({ length: callers }, call);
    for (let loss = 0; loss < losses; loss += 1) {
      await until(() => upstream.state.kind === 'ready');
      await sleep(10 + 5 * loss);
      if (loss % 3 === 0) {
        server.sessions.clear();
      } else if (loss % 3 === 1) {
        server.closeStreams('reset');
      } else {
        await server.stop();
        await sleep(5 * loss);
        await server.start();
      }
    }
    isOver = true;
    await Promise.all(all);
    await until(() => upstream.state.kind === 'ready');

    expect(outcomes.get('result')?.length).toBeGreaterThan(callers);
    // A call that meets three losses in a row is given back.
    expect(['lost', 'not_ready', 'result']).toEqual(expect.arrayContaining([...outcomes.keys()]));
    expect(upstream.inFlight).toBe(0);
    expect(server.messages('initialize').length).toBeLessThanOrEqual(2 * losses);
    // Arguments of the calls above.
    const ran = server.ran.map(
      (body) => (JSON.parse(body) as { params: { arguments: { n: number } } }).params.arguments.n,
    );
    expect(ran).toHaveLength(new Set(ran).size);
    const hasRun = new Set(ran);
    expect(outcomes.get('result')?.filter((n) => !hasRun.has(n))).toEqual([]);
    expect(outcomes.get('not_ready')?.filter((n) => hasRun.has(n)) ?? []).toEqual([]);
    await remote.close();
  },
);
