import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UpstreamStartError } from '../../src/errors.ts';
import { Pipeline } from '../../src/upstream/calls/pipeline.ts';
import type { OpenSession, SessionEvents } from '../../src/upstream/session.ts';
import { Supervisor } from '../../src/upstream/supervision/supervisor.ts';
import { TrafficCounter } from '../../src/upstream/traffic.ts';
import type { CallOutcome } from '../../src/upstream/upstream.ts';
import { createManualClock } from '../fixtures/manual-clock.ts';
import { createRecordingLogger } from '../fixtures/recording-logger.ts';

type Step =
  | { readonly kind: 'call'; readonly isRepeatable: boolean }
  | { readonly kind: 'answer'; readonly which: number }
  | { readonly kind: 'abort'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'lose' | 'open' | 'fail' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('call' as const), isRepeatable: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(400) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('open' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const) }) },
);

/** Most runs get past the first connection, whose failure ends everything. */
const start: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 9, arbitrary: fc.constant([{ kind: 'open' as const }]) },
  { weight: 1, arbitrary: fc.constant([]) },
);

interface Live {
  readonly pipeline: Pipeline;
  readonly events: SessionEvents;
  /** id → call of what is not answered. */
  readonly unanswered: Map<number, number>;
}

/** A server of scripted sessions, and callers who keep what they were told. */
class World {
  readonly clock = createManualClock();
  readonly outcomes: CallOutcome[][] = [];
  readonly aborts: AbortController[] = [];
  readonly sent: number[] = [];
  readonly repeatable: boolean[] = [];
  readonly supervisor: Supervisor;
  live: Live | undefined;
  readonly #answered = new Set<number>();
  #attempt: { open: () => void; fail: () => void } | undefined;

  constructor() {
    this.supervisor = new Supervisor({
      name: 'model',
      open: this.#open,
      clock: this.clock,
      random: () => 0.5,
      logger: createRecordingLogger(),
      traffic: new TrafficCounter(),
      maxBackoffMs: 500,
    });
  }

  run(next: Step): void {
    switch (next.kind) {
      case 'call':
        this.#call(next.isRepeatable);
        break;
      case 'answer':
        this.#answer(next.which);
        break;
      case 'abort':
        this.aborts[next.which]?.abort();
        break;
      case 'advance':
        this.clock.advance(next.ms);
        break;
      case 'lose':
        this.#lose();
        break;
      case 'open':
        this.#attempt?.open();
        break;
      case 'fail':
        this.#attempt?.fail();
        break;
    }
  }

  #call(isRepeatable: boolean): void {
    const index = this.outcomes.length;
    const abort = new AbortController();
    this.outcomes.push([]);
    this.sent.push(0);
    this.aborts.push(abort);
    this.repeatable.push(isRepeatable);
    const call = {
      tool: 't',
      argumentsJson: String(index),
      timeoutMs: 1000,
      signal: abort.signal,
      isRepeatable,
    };
    void this.#observe(index, this.supervisor.callTool(call));
  }

  async #observe(index: number, outcome: Promise<CallOutcome>): Promise<void> {
    this.outcomes[index]?.push(await outcome);
  }

  #answer(which: number): void {
    if (this.live === undefined) return;
    const entry = [...this.live.unanswered][which % Math.max(1, this.live.unanswered.size)];
    if (entry === undefined) return;
    const [id, index] = entry;
    this.live.unanswered.delete(id);
    this.#answered.add(index);
    const line = Buffer.from(String(index));
    this.live.pipeline.answer({ kind: 'result', id, start: 0, end: line.length }, line);
  }

  #lose(): void {
    const live = this.live;
    this.live = undefined;
    if (live === undefined) return;
    const retryAfterMs = live.events.onLost('lost');
    live.pipeline.lose('lost', retryAfterMs);
  }

  readonly #open: OpenSession = (events, signal) =>
    new Promise((resolve, reject) => {
      const fail = (): void => {
        this.#attempt = undefined;
        reject(new UpstreamStartError('failed', []));
      };
      signal.addEventListener('abort', fail);
      const open = (): void => {
        this.#attempt = undefined;
        this.live = this.#createLive(events);
        const { pipeline } = this.live;
        resolve({
          catalog: { serverInfo: { name: 's', version: '1' }, tools: [] },
          get inFlight() {
            return pipeline.inFlight;
          },
          callTool: (call) => pipeline.call(call),
          ping: () => Promise.resolve(true),
          refresh: () => Promise.resolve(),
          retire: () => Promise.resolve(),
          close: () => {
            pipeline.lose('closed', 0);
            return Promise.resolve();
          },
        });
      };
      this.#attempt = { open, fail };
    });

  #createLive(events: SessionEvents): Live {
    const unanswered = new Map<number, number>();
    const write = (text: string): void => {
      const message = JSON.parse(text) as { id?: number; params: { arguments: number } };
      if (message.id === undefined) return;
      if (this.#answered.has(message.params.arguments)) throw new Error('sent again after its answer');
      unanswered.set(message.id, message.params.arguments);
      this.sent[message.params.arguments] = (this.sent[message.params.arguments] ?? 0) + 1;
    };
    const options = {
      clock: this.clock,
      logger: createRecordingLogger(),
      maxMessageBytes: 1,
      maxInFlight: 3,
    };
    return { pipeline: new Pipeline({ canSend: true, write }, options), events, unanswered };
  }

  /** True when the one outcome of the call fits how often it was sent. */
  isTruth(index: number): boolean {
    const [outcome, ...more] = this.outcomes[index] ?? [];
    const sent = this.sent[index] ?? 0;
    if (outcome === undefined || more.length > 0) return false;
    if (sent > (this.repeatable[index] === true ? 2 : 1)) return false;
    switch (outcome.kind) {
      case 'result':
        return outcome.resultJson.toString() === String(index) && sent > 0;
      case 'lost':
        return sent > 0;
      case 'not_ready':
        return sent === 0 || this.repeatable[index] === true;
      case 'cancelled':
        return this.aborts[index]?.signal.aborted === true;
      case 'timeout':
      case 'overloaded':
        return true;
      case 'error':
      case 'too_large':
      case 'no_session_key':
        return false;
    }
  }
}

describe('a supervised pipeline', () => {
  test('any interleaving of calls, answers, cancels, losses, restarts and time settles every call once, truly', async () => {
    await fc.assert(
      fc.asyncProperty(start, fc.array(step, { maxLength: 100 }), async (first, steps) => {
        const world = new World();
        const { supervisor, clock } = world;
        const started = supervisor.start().catch(() => {});
        for (const next of [...first, ...steps]) {
          world.run(next);
          await new Promise(setImmediate);
          expect(supervisor.state.kind === 'ready').toBe(world.live !== undefined);
        }
        await supervisor.close(1000);
        await started;
        await new Promise(setImmediate);
        for (const index of world.outcomes.keys()) expect(world.isTruth(index)).toBe(true);
        for (const { signal } of world.aborts) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
        expect([supervisor.inFlight, clock.timers]).toStrictEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
