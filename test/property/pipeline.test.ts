import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvelope } from '../../src/upstream/messages/envelope.ts';
import { Pipeline } from '../../src/upstream/calls/pipeline.ts';
import type { CallOutcome } from '../../src/upstream/upstream.ts';
import { createManualClock } from '../fixtures/manual-clock.ts';
import { createRecordingLogger } from '../fixtures/recording-logger.ts';

type Step =
  | {
      readonly kind: 'call';
      readonly timeoutMs: number;
      readonly client?: string;
      /** Progress may extend it up to this. */
      readonly maxMs?: number;
    }
  | {
      readonly kind: 'answer';
      readonly which: number;
      readonly how: 'result' | 'error' | 'too_large' | 'string_id';
    }
  | { readonly kind: 'answer_nobody'; readonly id: number }
  | { readonly kind: 'progress'; readonly which: number }
  | { readonly kind: 'abort'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'block'; readonly isBlocked: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        kind: fc.constant('call' as const),
        timeoutMs: fc.constantFrom(5, 50, 51, 500),
        client: fc.constantFrom('anna', 'ben', 'cleo'),
        maxMs: fc.constantFrom(50, 70, 130, 501),
      },
      { requiredKeys: ['kind', 'timeoutMs'] },
    ),
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
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('progress' as const), which: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), which: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('block' as const), isBlocked: fc.boolean() }) },
);

/** Single steps, and clients who call many times in a row. */
const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: step.map((one) => [one]) },
      {
        weight: 1,
        arbitrary: fc
          .nat(9)
          .map((count) =>
            Array.from({ length: count }, (): Step => ({ kind: 'call', timeoutMs: 500, client: 'dora' })),
          ),
      },
    ),
    { maxLength: 70, size: 'max' },
  )
  .map((parts) => parts.flat());

interface Observed {
  readonly index: number;
  readonly startedAt: number;
  readonly timeoutMs: number;
  readonly client: string;
  readonly maxMs: number | undefined;
  /** When it times out, as far as is known. */
  endsAt: number;
  isExtended: boolean;
  /** Whether it finds a place; where the queue was full, another gives up its own for it. */
  readonly arrival: 'finds_room' | 'takes_room' | 'is_refused';
  /** It was the newest of a longest line when another took room. */
  mayBeShed: boolean;
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
  readonly #maxInFlight: number;
  readonly #maxQueue: number;

  constructor(maxInFlight: number, maxQueue: number) {
    this.#maxInFlight = maxInFlight;
    this.#maxQueue = maxQueue;
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
        this.#call(next);
        break;
      case 'answer':
        this.#answer(next.which, next.how);
        break;
      case 'answer_nobody':
        if (!this.sent.has(next.id)) this.#deliver(`{"jsonrpc":"2.0","id":${next.id},"result":{}}`);
        break;
      case 'progress':
        this.#progress(next.which);
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

  /** Those of a client that were neither sent nor settled; all clients' without one. */
  waiting(client?: string): readonly Observed[] {
    const sent = new Set(this.sent.values());
    return this.calls.filter(
      (call) =>
        call.outcomes.length === 0 &&
        !sent.has(call.index) &&
        (client === undefined || call.client === client),
    );
  }

  #call({ timeoutMs, client = '', maxMs }: Extract<Step, { kind: 'call' }>): void {
    const arrival = this.#arrivalOf(client);
    const call: Observed = {
      index: this.calls.length,
      startedAt: this.clock.now(),
      timeoutMs,
      client,
      maxMs,
      endsAt: this.clock.now() + Math.min(timeoutMs, maxMs ?? timeoutMs),
      isExtended: false,
      arrival,
      mayBeShed: false,
      abort: new AbortController(),
      outcomes: [],
      settledAt: Infinity,
    };
    this.calls.push(call);
    const argumentsJson = String(call.index);
    const outcome = this.pipeline.call({
      tool: 't',
      argumentsJson,
      timeoutMs,
      signal: call.abort.signal,
      ...(client !== '' && { client: { identify: () => client } }),
      ...(maxMs !== undefined && { extraTime: { byMs: timeoutMs, maxMs } }),
    });
    void this.#observe(call, outcome);
  }

  #arrivalOf(client: string): Observed['arrival'] {
    const { inFlight, queued } = this.pipeline;
    const isSent = queued === 0 && inFlight < this.#maxInFlight && !this.isBlocked;
    if (isSent || queued < this.#maxQueue) return 'finds_room';
    const lines = ['', 'anna', 'ben', 'cleo', 'dora'].map((name) => this.waiting(name));
    const longest = Math.max(...lines.map(({ length }) => length));
    if (longest <= this.waiting(client).length + 1) return 'is_refused';
    for (const line of lines) {
      const newest = line.at(-1);
      if (line.length === longest && newest !== undefined) newest.mayBeShed = true;
    }
    return 'takes_room';
  }

  #progress(which: number): void {
    const open = [...this.sent].filter(([, index]) => this.calls[index]?.outcomes.length === 0);
    const [id, index] = open[which % Math.max(1, open.length)] ?? [];
    const call = index === undefined ? undefined : this.calls[index];
    if (id === undefined || call === undefined) return;
    if (call.maxMs !== undefined) {
      call.endsAt = Math.min(this.clock.now() + call.timeoutMs, call.startedAt + call.maxMs);
      call.isExtended = true;
    }
    this.pipeline.progress(id, { progress: 1 });
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
    const call = this.calls[message.params.arguments];
    if (call === undefined || call.endsAt <= this.clock.now()) throw new Error('sent when its time was over');
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
    case 'timeout': {
      // Where both are due at one time, either may be told.
      const isOver = call.maxMs !== undefined && call.settledAt >= call.startedAt + call.maxMs;
      const isSaid =
        outcome.after === 'max_time' ? isOver : (outcome.after === 'silence') === call.isExtended;
      return id !== undefined && call.settledAt >= call.endsAt && isSaid;
    }
    case 'cancelled':
      return call.abort.signal.aborted;
    case 'lost':
      return id !== undefined;
    case 'overloaded':
      if (id !== undefined) return false;
      if (outcome.after === 'waiting') return call.settledAt >= call.endsAt - call.timeoutMs / 100;
      return call.arrival === 'is_refused' || call.mayBeShed;
    case 'not_ready':
      return id === undefined;
    case 'no_session_key':
      return false;
  }
}

describe('the pipeline', () => {
  test('any interleaving of answers, progress, timeouts, cancels, blocks, shedding and loss settles every call once, truly, and sends none whose time is over (FLOW-01, FLOW-03, FLOW-08, FLOW-10)', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        async (script, maxInFlight, maxQueue) => {
          const world = new World(maxInFlight, maxQueue);
          const { pipeline, clock } = world;
          for (const next of script) {
            world.run(next);
            await Promise.resolve();
            expect(pipeline.inFlight).toBeLessThanOrEqual(maxInFlight);
            expect(pipeline.queued).toBeLessThanOrEqual(maxQueue);
            const open = world.calls.filter((call) => call.outcomes.length === 0);
            expect(open).toHaveLength(pipeline.inFlight + pipeline.queued);
            for (const call of open) expect(call.endsAt).toBeGreaterThan(clock.now());
            // Whoever comes to a full queue costs one place, and not always another's.
            const overloaded = world.calls.filter(
              ({ outcomes: [first] }) => first?.kind === 'overloaded' && first.after === undefined,
            );
            const arrivals = world.calls.map(({ arrival }) => arrival);
            expect(overloaded).toHaveLength(arrivals.filter((arrival) => arrival !== 'finds_room').length);
            for (const call of world.calls.filter(({ arrival }) => arrival === 'is_refused'))
              expect(call.outcomes[0]?.kind).toBe('overloaded');
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
      { numRuns: 200 },
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
