import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createScripted, until, type ScriptedUpstream } from '../../fixtures/scripted-upstream.ts';

/** Each misbehaviour meets callers who only want an echo: they must not notice. */
async function othersAreFine(scripted: ScriptedUpstream): Promise<void> {
  await expect(scripted.text('echo', { other: 1 })).resolves.toBe('{"other":1}');
  expect(scripted.upstream.inFlight).toBe(0);
  expect(scripted.upstream.state).toStrictEqual({ kind: 'ready' });
  expect(scripted.upstream.restarts).toBe(0);
}

describe('a server that misbehaves without dying', () => {
  let scripted: ScriptedUpstream;
  beforeEach(async () => {
    scripted = createScripted([], { maxMessageBytes: 60_000_000 });
    await scripted.upstream.start();
  });
  afterEach(() => scripted.upstream.close(2000));

  test.each(['echo', 'result_first', 'odd_order', 'string_id', 'batch', 'byte_by_byte'])(
    'is understood in its own way of answering: %s',
    async (tool) => {
      await expect(scripted.text(tool, { say: 'grüße \u{1f600} "\\' })).resolves.toBe(
        '{"say":"grüße \u{1f600} \\"\\\\"}',
      );
      await othersAreFine(scripted);
    },
  );

  test('gets the arguments and gives the result as they were written', async () => {
    const argumentsJson =
      '{"b":123456789012345678901234567890,"a":-0,"e":1E+2,"s":"\\ud800\\u0041","b2":1.0}';
    const outcome = await scripted.call('raw_echo', {}, { argumentsJson });
    expect(outcome.kind === 'result' && outcome.resultJson.toString()).toBe(
      `{"content":[],"structuredContent":${argumentsJson}}`,
    );
  });

  test('never sees a line break in the arguments as the end of the message', async () => {
    const argumentsJson = '{"a":\r\n1\n}';
    await expect(scripted.text('echo', {}, { argumentsJson })).resolves.toBe('{"a":1}');
  });

  test('a banner on stdout is skipped and counted', async () => {
    await expect(scripted.text('banner', { a: 1 })).resolves.toBe('{"a":1}');
    expect(scripted.upstream.traffic.garbageLines).toBe(3);
    await othersAreFine(scripted);
  });

  test('half a line belongs to no call: its own caller waits until the deadline', async () => {
    await expect(scripted.call('half_line', {}, { timeoutMs: 100 })).resolves.toStrictEqual({
      kind: 'timeout',
    });
    expect(scripted.upstream.traffic.garbageLines).toBe(1);
    await othersAreFine(scripted);
  });

  test.each([true, false])('a line of 50 MB arrives whole (id last: %s)', async (idLast) => {
    const [text] = await Promise.all([
      scripted.text('big', { bytes: 50_000_000, idLast }),
      scripted.text('echo'),
    ]);
    expect(text).toHaveLength(50_000_000);
    await othersAreFine(scripted);
  });

  test.each([true, false])('a line over the limit fails its own call only (id last: %s)', async (idLast) => {
    const outcomes = await Promise.all([
      scripted.call('sleep', { ms: 1 }),
      scripted.call('big', { bytes: 60_000_000, idLast }),
      scripted.call('sleep', { ms: 1 }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toStrictEqual(['result', 'too_large', 'result']);
    await othersAreFine(scripted);
  });

  test('answers with unknown ids are dropped and counted', async () => {
    await expect(scripted.text('unknown_id', { a: 1 })).resolves.toBe('{"a":1}');
    expect(scripted.upstream.traffic.unknownAnswers).toBe(3);
    await othersAreFine(scripted);
  });

  test('of two answers to one call the first counts', async () => {
    await expect(scripted.text('twice', { a: 1 })).resolves.toBe('{"a":1}');
    await othersAreFine(scripted);
    expect(scripted.upstream.traffic.duplicateAnswers).toBe(1);
  });

  test('a call that is never answered ends at its deadline and is cancelled upstream', async () => {
    await expect(scripted.call('never', {}, { timeoutMs: 50 })).resolves.toStrictEqual({ kind: 'timeout' });
    const { cancelled } = await scripted.facts();
    expect(cancelled).toStrictEqual([{ requestId: 1_000_000_000, reason: 'the call timed out' }]);
    await othersAreFine(scripted);
  });

  test('a caller that has gone cancels its call upstream', async () => {
    const abort = new AbortController();
    const outcome = scripted.call('never', {}, { signal: abort.signal });
    await expect(scripted.text('echo')).resolves.toBe('{}');
    abort.abort();
    await expect(outcome).resolves.toStrictEqual({ kind: 'cancelled' });
    await expect(scripted.call('echo', {}, { signal: abort.signal })).resolves.toStrictEqual({
      kind: 'cancelled',
    });
    const { cancelled } = await scripted.facts();
    expect(cancelled).toStrictEqual([{ requestId: 1_000_000_000, reason: 'the caller has gone' }]);
    await othersAreFine(scripted);
  });

  test('an answer after the deadline is dropped and counted', async () => {
    await expect(scripted.call('late', { ms: 60 }, { timeoutMs: 20 })).resolves.toStrictEqual({
      kind: 'timeout',
    });
    await until(() => scripted.upstream.traffic.lateAnswers === 1);
    await othersAreFine(scripted);
  });

  test('an error keeps code, message and data, and what is malformed is replaced', async () => {
    const error = { code: -32602, message: 'no', data: { why: [1] } };
    await expect(scripted.call('error', error)).resolves.toStrictEqual({ kind: 'error', ...error });
    await expect(scripted.call('error', { message: 7 })).resolves.toStrictEqual({
      kind: 'error',
      code: -32603,
      message: 'the server sent a malformed error',
    });
    await expect(scripted.call('no such tool')).resolves.toMatchObject({ kind: 'error', code: -32602 });
  });

  test('progress reaches the caller that asked for it, and only with a token', async () => {
    const seen: unknown[] = [];
    const text = await scripted.text(
      'progress',
      { steps: 3 },
      { onProgress: (progress) => seen.push(progress) },
    );
    expect(text).toBe('{"hadToken":true}');
    expect(seen).toStrictEqual(
      [1, 2, 3].map((step) => ({ progress: step, total: 3, message: `step ${step}` })),
    );
    await expect(scripted.text('progress', { steps: 1 })).resolves.toBe('{"hadToken":false}');
  });

  test('floods on stderr and of notifications cost no caller an answer and no log its bound', async () => {
    const outcomes = await Promise.all([
      scripted.text('flood_stderr', { lines: 20_000 }),
      scripted.text('flood_notifications', { count: 20_000 }),
      scripted.text('echo', { a: 1 }),
    ]);
    expect(outcomes[2]).toBe('{"a":1}');
    await othersAreFine(scripted);
    expect(scripted.logger.lines.length).toBeLessThan(1000);
  });

  test('a flood of list_changed is answered with few listings', async () => {
    let changes = 0;
    scripted.upstream.onChange(() => (changes += 1));
    await scripted.text('flood_list_changed', { count: 1000 });
    await until(() => changes > 0);
    await othersAreFine(scripted);
    expect(changes).toBeLessThan(10);
  });

  test('a server that asks is answered', async () => {
    await scripted.text('flood_requests', { count: 100 });
    await expect.poll(async () => (await scripted.facts()).pongs, { timeout: 10_000 }).toBe(100);
    await othersAreFine(scripted);
  });

  test('a server that stops reading delays calls, loses none, and bounds what waits', async () => {
    await scripted.text('stop_reading', { ms: 300 });
    const filler = 'x'.repeat(50_000);
    const calls = Array.from(
      { length: 200 },
      async (_, index) => await scripted.text('echo', { index, filler }),
    );
    const impatient = await scripted.call('echo', {}, { timeoutMs: 50 });
    expect(impatient).toMatchObject({ kind: 'overloaded', after: 'waiting' });
    // 10 MB were to be sent; what exceeds the bound waits in the queue and counts as never sent.
    expect(scripted.upstream.inFlight).toBeLessThan(40);
    const texts = await Promise.all(calls);
    expect(texts.map((text) => (JSON.parse(text) as { index: number }).index)).toStrictEqual([
      ...texts.keys(),
    ]);
    await othersAreFine(scripted);
  });

  test('64 concurrent calls that end in any order each get their own answer', async () => {
    const texts = await Promise.all(
      Array.from(
        { length: 640 },
        async (_, index) => await scripted.text('sleep', { ms: (index * 7) % 64, index }),
      ),
    );
    expect(texts.map((text) => (JSON.parse(text) as { index: number }).index)).toStrictEqual([
      ...texts.keys(),
    ]);
    await othersAreFine(scripted);
  });

  test('tools that changed are listed again', async () => {
    const before = scripted.upstream.catalog;
    await scripted.text('change_tools');
    await until(() => scripted.upstream.catalog !== before);
    expect(scripted.upstream.catalog?.tools.at(-1)?.name).toBe('new_1');
    expect(before?.tools.at(-1)?.name).not.toBe('new_1');
  });
});

describe('window and queue', () => {
  test('calls beyond both are refused, those within are answered in order', async () => {
    const scripted = createScripted([], { maxInFlight: 2, maxQueue: 3 });
    await scripted.upstream.start();
    const outcomes = Array.from(
      { length: 7 },
      async (_, index) => await scripted.call('sleep', { ms: 20, index }),
    );
    expect(scripted.upstream.inFlight).toBe(2);
    const kinds = (await Promise.all(outcomes)).map(({ kind }) => kind);
    expect(kinds).toStrictEqual([
      'result',
      'result',
      'result',
      'result',
      'result',
      'overloaded',
      'overloaded',
    ]);
    await scripted.upstream.close(2000);
  });
});

const countDescriptors = (): number => readdirSync('/proc/self/fd').length;
const countTimers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe.skipIf(process.platform !== 'linux')('what is left', () => {
  test('descriptors and timers return to where they were after all that', async () => {
    const before = { descriptors: countDescriptors(), timers: countTimers() };
    for (let round = 0; round < 3; round += 1) {
      const scripted = createScripted();
      await scripted.upstream.start();
      await Promise.all([
        scripted.call('never', {}, { timeoutMs: 20 }),
        scripted.call('never', {}, { timeoutMs: 60_000 }).then(({ kind }) => expect(kind).toBe('lost')),
        scripted.text('echo').then(async () => await scripted.call('kill')),
      ]);
      await until(() => scripted.upstream.state.kind === 'ready');
      await scripted.text('echo');
      await scripted.upstream.close(2000);
    }
    await until(() => countDescriptors() <= before.descriptors && countTimers() <= before.timers);
  });
});
