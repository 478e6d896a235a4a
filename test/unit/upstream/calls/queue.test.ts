import { describe, expect, test, vi } from 'vitest';
import { DrainRate } from '../../../../src/upstream/calls/drain-rate.ts';
import { FIRST_CALL_ID } from '../../../../src/upstream/calls/call-window.ts';
import { Pipeline } from '../../../../src/upstream/calls/pipeline.ts';
import type { CallOutcome, ToolCall } from '../../../../src/upstream/upstream.ts';
import { createManualClock, type ManualClock } from '../../../fixtures/manual-clock.ts';
import { createRecordingLogger } from '../../../fixtures/recording-logger.ts';

function createPipeline(
  clock: ManualClock,
  maxInFlight: number,
  maxQueue: number,
  write: (text: string) => void = () => {},
): Pipeline {
  const wire = { canSend: true, write };
  const logger = createRecordingLogger();
  return new Pipeline(wire, { clock, logger, maxInFlight, maxQueue, maxMessageBytes: 99 });
}

function answer(pipeline: Pipeline, id: number): void {
  pipeline.answer({ kind: 'result', id, start: 0, end: 2 }, Buffer.from('{}'));
}

const call: ToolCall = { tool: 't', argumentsJson: '{}', timeoutMs: 60_000 };

describe('a queue', () => {
  test('tells whoever is refused how long it will take to empty, as far as it has been seen (FLOW-04)', async () => {
    const clock = createManualClock();
    const pipeline = createPipeline(clock, 1, 20);
    for (let calls = 0; calls < 21; calls += 1) void pipeline.call(call);
    await expect(pipeline.call(call)).resolves.toEqual({ kind: 'overloaded', retryAfterMs: 1000 });
    // One in half a second: 20 take 10 s.
    for (let done = 0; done < 8; done += 1) {
      clock.advance(500);
      answer(pipeline, FIRST_CALL_ID + done);
      void pipeline.call(call);
    }
    await expect(pipeline.call(call)).resolves.toEqual({ kind: 'overloaded', retryAfterMs: 10_000 });
    // Nothing for half a minute.
    clock.advance(30_000);
    await expect(pipeline.call(call)).resolves.toEqual({ kind: 'overloaded', retryAfterMs: 30_000 });
    pipeline.lose('over', 0);
  });

  test('forgets by and by how fast it was (FLOW-04)', () => {
    const rate = new DrainRate();
    rate.begin(0);
    for (let taken = 0; taken < 10_000; taken += 1) rate.count();
    for (let now = 11_000; now < 120_000; now += 1000) rate.retryAfterMs(100, now);
    rate.count();
    // As if ten thousand in two minutes were its pace, it would be 1.2 s.
    expect(rate.retryAfterMs(100, 120_000)).toBeGreaterThan(5000);
  });

  test('asks whose call it is only when that call has to wait', () => {
    const pipeline = createPipeline(createManualClock(), 1, 1);
    const identify = vi.fn<() => string>(() => 'anna');
    void pipeline.call({ ...call, client: { identify } });
    expect(identify).not.toHaveBeenCalled();
    void pipeline.call({ ...call, client: { identify } });
    expect(identify).toHaveBeenCalledTimes(1);
    pipeline.lose('over', 0);
  });

  test('sends nothing whose time is over, or all but over, when the one before it is given up (FLOW-10)', async () => {
    const clock = createManualClock();
    const sent: string[] = [];
    const pipeline = createPipeline(clock, 1, 20, (text) => sent.push(text));
    const calls: Array<Promise<CallOutcome>> = [];
    for (const afterMs of [0, 0, 0, 3, 16, 6]) {
      clock.advance(afterMs);
      calls.push(pipeline.call({ ...call, timeoutMs: 2000 }));
    }
    clock.advance(1975);
    const [first, ...others] = await Promise.all(calls.slice(0, 5));
    expect(first).toEqual({ kind: 'timeout' });
    for (const other of others) expect(other).toMatchObject({ kind: 'overloaded', after: 'waiting' });
    // The last has more than a hundredth of its time left.
    expect(sent.map((text) => (JSON.parse(text) as { method: string }).method)).toEqual([
      'tools/call',
      'notifications/cancelled',
      'tools/call',
    ]);
    pipeline.lose('over', 0);
  });

  test('that a call leaves when its time is over says that nothing was sent, and when to come again (FLOW-10)', async () => {
    const clock = createManualClock();
    const pipeline = createPipeline(clock, 1, 20);
    void pipeline.call(call);
    const waiting = pipeline.call({ ...call, timeoutMs: 2000 });
    clock.advance(2000);
    await expect(waiting).resolves.toEqual({ kind: 'overloaded', after: 'waiting', retryAfterMs: 1000 });
    expect([pipeline.inFlight, pipeline.queued]).toEqual([1, 0]);
    pipeline.lose('over', 0);
  });

  test('of no places refuses what cannot be sent at once (FLOW-01, FLOW-03)', async () => {
    const pipeline = createPipeline(createManualClock(), 1, 0);
    void pipeline.call(call);
    await expect(pipeline.call(call)).resolves.toEqual({ kind: 'overloaded', retryAfterMs: 1000 });
    pipeline.lose('over', 0);
  });
});
