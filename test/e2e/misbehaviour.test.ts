import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt, type LogLine } from '../fixtures/gateway-process.ts';
import type { HttpAnswer } from '../fixtures/http-client.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const eventually = { timeout: 15_000, interval: 20 };
let gateway: ScriptedGateway;
let files: number | undefined;

function skippedLines(): readonly LogLine[] {
  return gateway.process.logs().filter(({ msg }) => msg.includes('no JSON-RPC message'));
}

/** Nothing waits any more, and no more files are open than before. */
async function atRest(): Promise<void> {
  await vi.waitFor(async () => {
    expect(await gateway.inFlight()).toBe(0);
    expect(gateway.files()).toBe(files);
  }, eventually);
}

/** Runs good calls all the while: before, beside and after the bad one. */
async function besideGoodCalls(bad: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const before = goodCalls(0);
  const pending = bad();
  const beside = goodCalls(100);
  const answer = await pending;
  const answers = await Promise.all([...before, ...beside, ...goodCalls(200)]);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200));
  expect(answers.map((one) => (one.json() as { n: number }).n)).toEqual(
    [0, 100, 200].flatMap((from) => Array.from({ length: 10 }, (_, index) => from + index)),
  );
  return answer;
}

function goodCalls(from: number): ReadonlyArray<Promise<HttpAnswer>> {
  return Array.from(
    { length: 10 },
    async (_, index) => await gateway.call('sleep', { ms: (index * 7) % 40, n: from + index }),
  );
}

describe.skipIf(!isBuilt || process.platform === 'win32')('a server that misbehaves', () => {
  beforeAll(async () => {
    gateway = await startScripted({
      flags: ['--call-timeout', '2s', '--max-message', '8MiB', '--log-level', 'debug'],
      env: { MCPO_ENV: 'SCRIPT=banner' },
    });
    await gateway.call('echo');
    files = gateway.files();
  });

  afterAll(async () => await gateway.process.stop());

  test.each([
    ['prints a banner before its answer (ERR-10)', 'banner'],
    ['answers ids that nobody asked for', 'unknown_id'],
    ['answers twice', 'twice'],
    ['answers in a batch', 'batch'],
    ['names the id as a string', 'string_id'],
    ['writes the members in another order', 'odd_order'],
    ['writes the result before the id', 'result_first'],
  ])('that %s is understood, and harms nobody', async (_what, tool) => {
    const { pid } = await gateway.facts();
    const answer = await besideGoodCalls(async () => await gateway.call(tool, { a: tool }));
    expect([answer.status, answer.json()]).toEqual([200, { a: tool }]);
    expect((await gateway.facts()).pid).toBe(pid);
    await atRest();
  });

  test('what it prints that is no message is logged, not answered (ERR-10)', async () => {
    const { length } = skippedLines();
    expect(length).toBeGreaterThan(0);
    for (let index = 0; index < 50; index += 1) await gateway.call('banner');
    // Each prints four lines, at a bounded rate they are told.
    expect(skippedLines().length - length).toBeLessThan(100);
  });

  test('that never answers gets its call cancelled after --call-timeout (ERR-08)', async () => {
    const cancelled = (await gateway.facts()).cancelled.length;
    const start = performance.now();
    const answer = await besideGoodCalls(async () => await gateway.call('never'));
    expect([answer.status, answer.json()]).toMatchObject([504, { code: 'upstream_timeout' }]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_990);
    await vi.waitFor(
      async () => expect((await gateway.facts()).cancelled).toHaveLength(cancelled + 1),
      eventually,
    );
    await atRest();
  });

  test('that answers after its deadline does not answer the next call (ERR-08)', async () => {
    const late = await gateway.call('late', { ms: 2_300 });
    expect(late.status).toBe(504);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => await gateway.call('sleep', { ms: 500, n })),
    );
    expect(answers.map((answer) => (answer.json() as { n: number }).n)).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
    await atRest();
  });

  test('that writes half a message and a line break never answered (ERR-08, ERR-10)', async () => {
    const answer = await besideGoodCalls(async () => await gateway.call('half_line'));
    expect(answer.status).toBe(504);
    await atRest();
  });

  test.each([false, true])(
    'that writes a line of 50 MB fails that call alone, its id last: %s (ERR-09)',
    async (idLast) => {
      const { pid } = await gateway.facts();
      const answer = await besideGoodCalls(
        async () => await gateway.call('big', { bytes: 50_000_000, idLast }),
      );
      expect([answer.status, answer.json()]).toMatchObject([502, { code: 'result_too_large' }]);
      expect((await gateway.facts()).pid).toBe(pid);
      await atRest();
    },
  );

  test('that floods its stderr and the gateway with notifications goes on', async () => {
    for (const [tool, args] of [
      ['flood_stderr', { lines: 2_000 }],
      ['flood_notifications', { count: 5_000 }],
      ['flood_list_changed', { count: 500 }],
      ['flood_requests', { count: 500 }],
    ] as const) {
      const answer = await besideGoodCalls(async () => await gateway.call(tool, args));
      expect([tool, answer.status]).toEqual([tool, 200]);
    }
    await atRest();
  });

  test.each([
    ['exits in mid-call', 'exit', { code: 3 }],
    ['is killed in mid-call', 'kill', {}],
    ['writes half a message and exits', 'half_line_then_exit', {}],
    ['closes only its output', 'close_stdout', {}],
  ])('that %s: 502 at once for the calls it had, and it is back (ERR-06)', async (_what, tool, args) => {
    const { pid } = await gateway.facts();
    const beside = Array.from({ length: 5 }, async () => await gateway.call('sleep', { ms: 20_000 }));
    await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(5), eventually);
    // After --call-timeout it would be 504.
    const answers = await Promise.all([gateway.call(tool, args), ...beside]);
    for (const answer of answers) {
      expect([answer.status, answer.json()]).toMatchObject([502, { code: 'upstream_unavailable' }]);
    }
    await atRest();
    expect((await gateway.facts()).pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
  });

  test('that answers byte by byte is understood', async () => {
    const answer = await gateway.call('byte_by_byte', { text: 'é🔑' });
    expect([answer.status, answer.json()]).toEqual([200, { text: 'é🔑' }]);
  });

  test('that says its last words before it exits is heard', async () => {
    const answer = await gateway.call('answer_then_exit', { last: 'words' });
    expect([answer.status, answer.json()]).toEqual([200, { last: 'words' }]);
    await vi.waitFor(async () => expect((await gateway.call('echo')).status).toBe(200), eventually);
    await atRest();
  });

  test('that lists more tools than before is listed again, in mid-call of others', async () => {
    const answer = await besideGoodCalls(async () => await gateway.call('change_tools', {}));
    expect(answer.status).toBe(200);
    await vi.waitFor(async () => expect((await gateway.call('new_1')).status).not.toBe(404), eventually);
    await atRest();
  });
});
