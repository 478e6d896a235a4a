import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Histogram } from '../../bench/histogram.ts';
import { LoadGenerator } from '../../bench/load/load-generator.ts';

const delayMs = 25;
const users = 3;

test.skipIf(!existsSync('dist/bench/load/worker.js')).each([
  ['a closed loop', undefined],
  ['an open loop', 60],
])('what %s reports is what the server counted', async (_name, rate) => {
  // Each user is answered after a fixed time; each tenth call fails.
  const count = { all: 0, ok: 0 };
  const server = createServer((request, response) => {
    request.resume();
    const isFailure = (count.all += 1) % 10 === 0;
    setTimeout(() => {
      if (!isFailure) count.ok += 1;
      response.writeHead(isFailure ? 503 : 200, { 'content-length': 2 }).end('{}');
    }, delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const generator = LoadGenerator.start(1);
  try {
    const call = { tool: 'any', path: '/any', argumentsText: '{}', hasToken: false };
    const running = await generator.start({
      via: 'http',
      rate,
      users,
      url: `http://127.0.0.1:${port}`,
      headers: {},
      calls: [call],
      sequence: [0],
    });
    await sleep(300);
    await running.measure(() => {});
    const before = count.ok;
    await sleep(1_500);
    const seen = count.ok - before;
    const [found] = await running.stop();
    const histogram = Histogram.merge([found?.histogram ?? []]);
    const failed = (found?.failures ?? []).reduce((sum, each) => sum + each.count, 0);
    expect(found?.failures.map(({ what }) => what)).toEqual(['503']);
    // What is under way when it begins and ends may be counted by one of them only.
    expect(Math.abs(histogram.count - seen)).toBeLessThanOrEqual(0.1 * seen + 2 * users);
    expect(Math.abs(failed - histogram.count / 9)).toBeLessThanOrEqual(2 + 0.1 * failed);
    // Nobody is answered sooner; a timer may be a millisecond early.
    expect(histogram.percentileMs(0.5)).toBeGreaterThanOrEqual(delayMs - 1);
    expect(histogram.count / (found?.seconds ?? 0)).toBeLessThanOrEqual((users * 1_000) / (delayMs - 1));
  } finally {
    generator.stop();
    server.closeAllConnections();
    server.close();
  }
});
