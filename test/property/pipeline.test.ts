import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvelope } from '../../src/upstream/envelope.ts';
import { Pipeline } from '../../src/upstream/pipeline.ts';
import type { CallOutcome } from '../../src/upstream/upstream.ts';
import { createManualClock } from '../fixtures/manual-clock.ts';
import { createRecordingLogger } from '../fixtures/recording-logger.ts';

type Step =
  | { readonly kind: 'call'; readonly timeoutMs: number }
  | {
      readonly kind: 'answer';
      readonly which: number;
      readonly how: 'result' | 'error' | 'too_large' | 'string_id';
    }
  | { readonly kind: 'answer_nobody'; readonly id: number }
  | { readonly kind: 'abort'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'block'; readonly isBlocked: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('call' as const), timeoutMs: fc.constantFrom(5, 50, 51, 500) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat(30),
      how: fc.constantFrom('result', 'error', 'too_large', 'string_id'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('answer_nobody' as const), id: fc.nat(2 ** 31) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), which: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('block' as const), isBlocked: fc.boolean() }) },
);

interface Observed {
  readonly index: number;
  readonly startedAt: number;
  readonly timeoutMs: number;
  readonly abort: AbortController;
  readonly outcomes: CallOutcome[];
  settledAt: number;
}

class World {
  readonly clock = createManualClock();
  readonly calls: Observed[] = [];
  readonly sent = new Map<number, number>();
  readonly cancelled: number[] = [];
  readonly answered = new Set<number>();
  readonly pipeline: Pipeline;
  isBlocked = false;

  constructor(maxInFlight: number, maxQueue: number) {
    const isBlocked = (): boolean => this.isBlocked;
    const wire = {
      get canSend() {
        return !isBlocked();
      },
      write: (text: string) => this.#onWrite(text),
    };
    const logger = createRecordingLogger();
    const options = { clock: this.clock, logger, maxInFlight, maxQueue, maxMessageBytes: 99 };
    this.pipeline = new Pipeline(wire, options);
  }

  run(next: Step): void {
    switch (next.kind) {
      case 'call':
        this.#call(next.timeoutMs);
        break;
      case 'answer':
        this.#answer(next.which, next.how);
        break;
      case 'answer_nobody':
        if (!this.sent.has(next.id)) this.#deliver(`{"jsonrpc":"2.0","id":${next.id},"result":{}}`);
        break;
      case 'abort':
        this.calls[next.which]?.abort.abort();
        break;
      case 'advance':
        this.clock.advance(next.ms);
        break;
      case 'block':
        this.isBlocked = next.isBlocked;
        this.pipeline.resume();
        break;
    }
  }

  idOf(call: Observed): number | undefined {
    for (const [id, index] of this.sent) if (index === call.index) return id;
    return undefined;
  }

  #call(timeoutMs: number): void {
    const call: Observed = {
      index: this.calls.length,
      startedAt: this.clock.now(),
      timeoutMs,
      abort: new AbortController(),
      outcomes: [],
      settledAt: Infinity,
    };
    this.calls.push(call);
    const argumentsJson = String(call.index);
    const outcome = this.pipeline.call({ tool: 't', argumentsJson, timeoutMs, signal: call.abort.signal });
    void this.#observe(call, outcome);
  }

  async #observe(call: Observed, outcome: Promise<CallOutcome>): Promise<void> {
    call.outcomes.push(await outcome);
    call.settledAt = this.clock.now();
  }

  #answer(which: number, how: 'result' | 'error' | 'too_large' | 'string_id'): void {
    const id = [...this.sent.keys()][which % Math.max(1, this.sent.size)];
    if (id === undefined) return;
    this.answered.add(id);
    const index = this.sent.get(id);
    if (how === 'too_large') this.pipeline.answerTooLarge(id);
    else if (how === 'error')
      this.#deliver(`{"jsonrpc":"2.0","id":${id},"error":{"code":${index},"message":"no"}}`);
    else if (how === 'string_id') this.#deliver(`{"id":"${id}","result":${index},"jsonrpc":"2.0"}`);
    else this.#deliver(`{"jsonrpc":"2.0","id":${id},"result":${index}}`);
  }

  #deliver(text: string): void {
    const line = Buffer.from(text);
    const envelope = readEnvelope(line);
    if (envelope.kind !== 'result' && envelope.kind !== 'error') throw new Error(`read as ${envelope.kind}`);
    this.pipeline.answer(envelope, line);
  }

  #onWrite(text: string): void {
    if (text.indexOf('\n') !== text.length - 1) throw new Error('not one line');
    const message = JSON.parse(text) as {
      id: number;
      method: string;
      params: { arguments: number; requestId: number };
    };
    if (message.method === 'notifications/cancelled') {
      this.cancelled.push(message.params.requestId);
      return;
    }
    if (this.sent.has(message.id)) throw new Error('one id for two calls');
    if ([...this.sent.values()].includes(message.params.arguments)) throw new Error('one call sent twice');
    this.sent.set(message.id, message.params.arguments);
  }
}

/** True when the one outcome of the call is what happened to it. */
function isTruth(world: World, call: Observed): boolean {
  const [outcome, ...more] = call.outcomes;
  if (outcome === undefined || more.length > 0) return false;
  const id = world.idOf(call);
  const isGivenUp = outcome.kind === 'timeout' || outcome.kind === 'cancelled';
  const cancels = world.cancelled.filter((cancelled) => cancelled === id).length;
  if (cancels !== (isGivenUp && id !== undefined ? 1 : 0)) return false;
  switch (outcome.kind) {
    case 'result':
      return outcome.resultJson.toString() === String(call.index);
    case 'error':
      return outcome.code === call.index;
    case 'too_large':
      return id !== undefined && world.answered.has(id);
    case 'timeout':
      return call.settledAt >= call.startedAt + call.timeoutMs;
    case 'cancelled':
      return call.abort.signal.aborted;
    case 'lost':
      return id !== undefined;
    case 'not_ready':
    case 'overloaded':
      return id === undefined;
    case 'no_session_key':
      return false;
  }
}

describe('the pipeline', () => {
  test('any interleaving of answers, timeouts, cancels, blocks and loss settles every call exactly once, truly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 120 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        async (steps, maxInFlight, maxQueue) => {
          const world = new World(maxInFlight, maxQueue);
          const { pipeline, clock } = world;
          for (const next of steps) {
            world.run(next);
            await Promise.resolve();
            expect(pipeline.inFlight).toBeLessThanOrEqual(maxInFlight);
            expect(pipeline.queued).toBeLessThanOrEqual(maxQueue);
            const open = world.calls.filter((call) => call.outcomes.length === 0);
            expect(open).toHaveLength(pipeline.inFlight + pipeline.queued);
            for (const call of open) expect(call.startedAt + call.timeoutMs).toBeGreaterThan(clock.now());
            // Nothing waits without need.
            const hasRoom = pipeline.inFlight < maxInFlight && !world.isBlocked;
            expect(hasRoom && pipeline.queued > 0).toBe(false);
          }
          pipeline.lose('gone', 1);
          await Promise.resolve();
          const late = pipeline.call({ tool: 't', argumentsJson: '0', timeoutMs: 5 });
          await expect(late).resolves.toMatchObject({ kind: 'not_ready' });
          for (const call of world.calls) {
            expect(isTruth(world, call)).toBe(true);
            expect(getEventListeners(call.abort.signal, 'abort')).toHaveLength(0);
          }
          expect([pipeline.inFlight, pipeline.queued, clock.timers]).toStrictEqual([0, 0, 0]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('answers that no call waits for are told apart', async () => {
    const world = new World(10, 10);
    world.run({ kind: 'call', timeoutMs: 5 });
    world.run({ kind: 'call', timeoutMs: 50 });
    world.run({ kind: 'advance', ms: 5 });
    world.run({ kind: 'answer', which: 0, how: 'result' });
    world.run({ kind: 'answer', which: 1, how: 'result' });
    world.run({ kind: 'answer', which: 1, how: 'result' });
    world.run({ kind: 'answer_nobody', id: 5 });
    await Promise.resolve();
    expect(world.pipeline.strays).toStrictEqual({ late: 1, duplicate: 1, unknown: 1 });
  });
});
